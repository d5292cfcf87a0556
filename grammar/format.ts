import * as syntax from "../program/diagnostics/catalogue/syntax.ts";
import { diagnose } from "../program/diagnostics/define.ts";
import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import { parse } from "./parser/parse.ts";
import { print } from "./printer/print.ts";
import { sameTree } from "./same-tree.ts";
import type { SourceFile } from "./tree.ts";

export interface Formatted {
  /** The formatted text, or the text as it was where a diagnostic of severity `error` says why. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** A comment in an odd place may move once more before it stays; more turns than this are a fault. */
const TURNS = 4;

/**
 * Formats a file. A file with syntax errors is left as it is; so is one whose formatted text would
 * not be read as the same tree with the same comments in the same order, or not stay as it is.
 */
export function format(text: string, path: string): Formatted {
  const { tree, diagnostics } = parse(text, path);
  if (diagnostics.some(({ severity }) => severity === "error")) return { text, diagnostics };
  let printed = print(tree);
  let reason = "it would change whenever it is formatted";
  for (let turn = 0; turn < TURNS; turn += 1) {
    const again = parse(printed, path).tree;
    const lost = difference(tree, again);
    if (lost !== undefined) {
      reason = lost;
      break;
    }
    const next = print(again);
    if (next === printed) return { text: printed, diagnostics: [] };
    printed = next;
  }
  const place = { file: path, range: { start: 0, end: text.length } };
  return { text, diagnostics: [diagnose(syntax.notFormatted, place, { reason })] };
}

function difference(before: SourceFile, after: SourceFile): string | undefined {
  if (!sameTree(before, after)) return "it would be read differently";
  const comments = (tree: SourceFile) => tree.comments.map((comment) => comment.text).join("\n");
  if (comments(before) === comments(after)) return undefined;
  return "comments would be lost or moved past each other";
}
