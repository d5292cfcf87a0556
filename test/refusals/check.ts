import { join, relative } from "node:path";
import { checkSource } from "../../cli/check-recipe.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { annotated, withoutAnnotations } from "../check/annotations.ts";
import { root } from "./cases.ts";

/** `// data/latin1.txt:2:4 LV0709 message`: of what does not stand in the recipe itself. */
const elsewhere = /^\/\/ \S+(:\d+){0,2} LV\d{4} /;

/** A recipe of a test without what is expected of it. */
export function plainText(text: string): string {
  return withoutAnnotations(text)
    .split("\n")
    .filter((line) => !elsewhere.test(line))
    .join("\n");
}

/**
 * The recipe with everything that `check` says of it, evaluation and causality included, under the
 * lines where it is said. The recipe stands beside `data/`, whatever folder it is kept in.
 */
export async function checkedText(text: string): Promise<string> {
  const plain = plainText(text);
  const path = join(root, "case.recipe");
  const { diagnostics } = await checkSource({ ok: true, path, text: plain }, {});
  const own = diagnostics.filter(({ place }) => place.file === path);
  const others = diagnostics.filter(({ place }) => place.file !== path);
  const said = annotated(plain, own) + others.map((one) => `${lineOf(one)}\n`).join("");
  // Where the project lies is no part of what is expected.
  return said.replaceAll(root, "…");
}

function lineOf({ place, code, message, help }: Diagnostic): string {
  const { file, line, column } = place;
  const at = [relative(root, file), line, column].filter((part) => part !== undefined).join(":");
  return `// ${at} ${code} ${message}${help === undefined ? "" : ` | ${help}`}`;
}
