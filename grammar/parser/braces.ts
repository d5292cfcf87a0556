import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import { describe, type Token } from "../tokens.ts";
import type {
  BindingItem,
  BlockNode,
  Expression,
  RecordNode,
  Setting,
  Statement,
} from "../tree.ts";
import { reportEquals } from "./expressions.ts";
import { plainNumber, stringNode } from "./literals.ts";
import { head } from "./primaries.ts";
import {
  accept,
  advance,
  ahead,
  certain,
  deeper,
  errorAt,
  expect,
  fail,
  likely,
  list,
  name,
  type Reader,
  report,
  since,
  takeWord,
  unexpected,
} from "./reader.ts";

const BINDING_WORDS: ReadonlySet<string> = new Set(["let", "data", "stage", "dim"]);

/** A record where `}` or `name:` follows the brace, otherwise a block. */
export function braces(reader: Reader, what: string): BlockNode | RecordNode {
  const start = reader.token.start;
  if (!expect(reader, "{", what.startsWith("`{`") ? what : `\`{\` and ${what}`)) {
    return {
      kind: "block",
      statements: [],
      result: errorAt(reader),
      span: since(reader, reader.end),
    };
  }
  return deeper(reader, (here) => opened(here, start)) ?? record(reader, start);
}

function opened(reader: Reader, start: number): BlockNode | RecordNode {
  let distance = 0;
  while (ahead(reader, distance)?.kind === "separator") distance += 1;
  const first = ahead(reader, distance);
  if (first?.kind === "}") return record(reader, start);
  const colon = ahead(reader, distance + 1)?.kind === ":";
  if (colon && first !== undefined && (first.word || first.kind === "string")) {
    return record(reader, start);
  }
  return block(reader, start);
}

type Field = RecordNode["fields"][number];

function record(reader: Reader, start: number): RecordNode {
  const fields = list<Field>(reader, {
    open: "{",
    commas: true,
    separator: "a comma or a line break",
    what: "a field",
    element: field,
    begins: beginsSetting,
    skipped: (span) => ({ kind: "error", span }),
  });
  return { kind: "record", fields, span: since(reader, start) };
}

function field(reader: Reader): Field | undefined {
  const token = reader.token;
  const start = token.start;
  if (accept(reader, "hole")) return { kind: "hole", span: since(reader, start) };
  const next = ahead(reader, 1);
  if (token.kind === "string" && next?.kind === ":") {
    const text = stringNode(reader, advance(reader));
    const key = text.pieces.map((piece) => (piece.kind === "text" ? piece.text : "")).join("");
    const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key);
    const fixes = plain ? [certain(reader, `write \`${key}\``, token, key)] : [];
    report(reader, syntax.notAField, token, { found: token.text }, fixes);
    advance(reader);
    const value = reader.rules.expression(reader);
    const label = { kind: "name", text: plain ? key : "", span: text.span } as const;
    return { kind: "record-field", name: label, value, span: since(reader, start) };
  }
  if (!token.word || (next?.kind !== ":" && next?.kind !== "=")) {
    fail(reader, syntax.notAField, token, { found: describe(token) });
    return undefined;
  }
  const label = takeWord(reader);
  if (next.kind === "=") reportEquals(reader, label.text, label.span, next);
  advance(reader);
  const value = reader.rules.expression(reader);
  return { kind: "record-field", name: label, value, span: since(reader, start) };
}

function block(reader: Reader, start: number): BlockNode {
  const read = list<Statement>(reader, {
    open: "{",
    commas: false,
    separator: "a line break",
    what: "a statement",
    element: statement,
    begins: beginsBinding,
    skipped: (span) => ({ kind: "expression", value: { kind: "error", span }, span }),
  });
  const last = read[read.length - 1];
  const result = last?.kind === "expression" ? last.value : undefined;
  const statements = last?.kind === "expression" ? read.slice(0, -1) : read;
  return { kind: "block", statements, result, span: since(reader, start) };
}

function beginsBinding(reader: Reader): boolean {
  return BINDING_WORDS.has(reader.token.text) && ahead(reader, 2)?.kind === "=";
}

function statement(reader: Reader): Statement | undefined {
  const token = reader.token;
  const next = ahead(reader, 1);
  if (token.kind === "word" && next !== undefined && !next.first) {
    if (BINDING_WORDS.has(token.text) && (next.word || next.kind === "=")) return binding(reader);
    if (token.text === "fn" && next.kind === "word" && ahead(reader, 2)?.kind === "(") {
      fail(reader, syntax.functionInBlock, token, {});
      return undefined;
    }
    if (next.kind === "=") return assignment(reader, token);
  }
  const value = reader.rules.expression(reader);
  return { kind: "expression", value, span: since(reader, token.start) };
}

function assignment(reader: Reader, token: Token): Statement {
  const label = takeWord(reader);
  const equals = advance(reader);
  const span = { start: label.span.end, end: equals.end };
  const fixes = [
    likely(reader, "write `let`", { start: token.start, end: token.start }, "let "),
    likely(reader, "write `:`", span, ":"),
  ];
  report(reader, syntax.assignment, label.span, { name: label.text, inBraces: true }, fixes);
  const value = reader.rules.expression(reader);
  return {
    kind: "binding",
    doc: undefined,
    word: "let",
    name: label,
    value,
    span: since(reader, token.start),
  };
}

/** `let name = value`, and the same with `data`, `stage`, `dim`. */
export function binding(reader: Reader): BindingItem {
  const token = advance(reader);
  const word = bindingWord(token.text);
  const label = name(reader, `a name after \`${token.text}\``);
  const value = definition(reader, label.text, label.span.end);
  const span = since(reader, token.start);
  return { kind: "binding", doc: token.doc, word, name: label, value, span };
}

function bindingWord(text: string): BindingItem["word"] {
  return text === "data" || text === "stage" || text === "dim" ? text : "let";
}

/** `= value`; `: value` and `: type = value` are reported and read. */
function definition(reader: Reader, text: string, end: number): Expression {
  const colon = reader.token;
  if (colon.kind !== ":" || reader.panic) {
    const help = `write \`${text || "name"} = …\``;
    if (reader.token.kind === "=" && !reader.panic) advance(reader);
    else if (!reader.panic) unexpected(reader, `\`=\` after \`${text}\``, help);
    return reader.rules.expression(reader);
  }
  advance(reader);
  const equals = equalsAhead(reader);
  if (equals === undefined) {
    const span = { start: end, end: colon.end };
    const fixes = [certain(reader, "write `=`", span, " =")];
    report(reader, syntax.colonForEquals, colon, { name: text }, fixes);
    return reader.rules.expression(reader);
  }
  const span = { start: end, end: equals.start };
  const fixes = [certain(reader, "remove the type", span, " ")];
  report(
    reader,
    syntax.letWithType,
    { start: colon.start, end: equals.start },
    { name: text },
    fixes,
  );
  while (reader.token !== equals && reader.token.kind !== "end") advance(reader);
  advance(reader);
  return reader.rules.expression(reader);
}

/** The `=` of this line that follows a type, where brackets in between are balanced. */
function equalsAhead(reader: Reader): Token | undefined {
  let depth = 0;
  for (let distance = 0; ; distance += 1) {
    const token = ahead(reader, distance);
    if (token === undefined || token.kind === "end") return undefined;
    if (token.kind === "[" || token.kind === "(" || token.kind === "{") depth += 1;
    else if (token.kind === "]" || token.kind === ")" || token.kind === "}") depth -= 1;
    else if (depth === 0 && token.kind === "=") return token;
    if (depth < 0 || (depth === 0 && token.kind === "separator")) return undefined;
  }
}

/** `{ name: value, … }` after a name or a call. */
export function settings(reader: Reader): readonly Setting[] {
  if (!expect(reader, "{", "`{` and settings")) return [];
  return deeper(reader, settingList) ?? settingList(reader);
}

function settingList(reader: Reader): readonly Setting[] {
  return list<Setting>(reader, {
    open: "{",
    commas: true,
    separator: "a comma or a line break",
    what: "a setting",
    element: setting,
    begins: beginsSetting,
    skipped: (span) => ({ kind: "error", span }),
  });
}

function beginsSetting(reader: Reader): boolean {
  const token = reader.token;
  if (token.kind === "hole") return true;
  const next = ahead(reader, 1)?.kind;
  if (token.kind === "string" || token.kind === "number") return next === ":";
  return token.word && (next === ":" || next === "=");
}

function setting(reader: Reader): Setting | undefined {
  const token = reader.token;
  const start = token.start;
  const next = ahead(reader, 1);
  if (accept(reader, "hole")) return { kind: "hole", span: since(reader, start) };
  if (token.word && (next?.kind === ":" || next?.kind === "=")) {
    const label = takeWord(reader);
    if (next.kind === "=") reportEquals(reader, label.text, label.span, next);
    advance(reader);
    const value = reader.rules.expression(reader);
    return { kind: "setting", name: label, value, span: since(reader, start) };
  }
  if (token.kind === "string" || token.kind === "number") {
    const key = token.kind === "string" ? stringNode(reader, advance(reader)) : plainNumber(reader);
    expect(reader, ":", "`:` after the key");
    const value = reader.rules.expression(reader);
    return { kind: "keyed-setting", key, value, span: since(reader, start) };
  }
  if (token.kind === "word" && token.text === "config" && next?.kind === "{") {
    advance(reader);
    const inner = settings(reader);
    return { kind: "config", settings: inner, span: since(reader, start) };
  }
  if (token.kind === "word" && token.text === "every" && next !== undefined && !next.first) {
    advance(reader);
    const interval = head(reader);
    const inner = settings(reader);
    return { kind: "every", interval, settings: inner, span: since(reader, start) };
  }
  const help = token.word
    ? `settings are \`name: value\`; write \`${token.text}: ${token.text}\` where name and value are the same`
    : "braces directly after a name or a call hold settings";
  unexpected(reader, "a setting `name: value`", help);
  return undefined;
}
