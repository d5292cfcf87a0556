import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { invariant } from "../../program/invariant.ts";
import { layOut, NESTING_LIMIT } from "../layout.ts";
import { lex } from "../lexer.ts";
import type { Item, SourceFile } from "../tree.ts";
import { isDeeperThan } from "../visit.ts";
import { binding, braces, settings } from "./braces.ts";
import { withoutConsequences } from "./consequences.ts";
import { file } from "./declarations.ts";
import { dimensionSum, expression } from "./expressions.ts";
import { createReader, type Rules } from "./reader.ts";
import { dimensions, singleType, type } from "./types.ts";

export interface Parsed {
  readonly tree: SourceFile;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

const RULES: Rules = {
  expression,
  dimension: dimensionSum,
  type,
  singleType,
  dimensions,
  braces,
  settings,
  binding,
};

/** A chain such as `a + b + …` may make a tree this high, so that walking it is safe. */
const HEIGHT_LIMIT = 1000;

/** Reads a recipe. Never throws; every text gives a tree, with `error` nodes for what was skipped. */
export function parse(text: string, path: string): Parsed {
  const lexed = lex(text, path);
  const laidOut = layOut(lexed.tokens, path);
  const first = laidOut.tokens[0];
  invariant(first !== undefined, "the lexer ends every text with an end token");
  const reader = createReader(laidOut.tokens, first, { text, path }, RULES, laidOut.tooDeep);
  const high = new Set<Item>();
  const items = file(reader, HEIGHT_LIMIT, (item) => high.add(item));
  const tall: Diagnostic[] = [];
  const kept = items.map((item) => (high.has(item) ? limited(item, path, tall) : item));
  const found = {
    lexical: lexed.diagnostics,
    brackets: laidOut.diagnostics,
    faults: reader.faults,
  };
  const diagnostics = [...withoutConsequences(text, found), ...tall];
  const span = { start: 0, end: text.length };
  const tree: SourceFile = {
    kind: "file",
    path,
    text,
    items: kept,
    comments: lexed.comments,
    span,
  };
  return { tree, diagnostics };
}

function limited(item: Item, path: string, diagnostics: Diagnostic[]): Item {
  if (item.span.end - item.span.start < HEIGHT_LIMIT || !isDeeperThan(item, HEIGHT_LIMIT))
    return item;
  const range = { start: item.span.start, end: item.span.end };
  diagnostics.push(diagnose(syntax.tooDeep, { file: path, range }, { limit: NESTING_LIMIT }));
  return { kind: "error", span: item.span };
}
