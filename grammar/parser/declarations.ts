import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import { beginsDeclaration } from "../layout.ts";
import { DECLARATION_WORDS, describe, type Token } from "../tokens.ts";
import type {
  FunctionBody,
  FunctionItem,
  InputItem,
  Item,
  LayoutMember,
  Member,
  ModelItem,
  Name,
  Parameter,
  RecordItem,
  Span,
  TypeItem,
  TypeNode,
  UseItem,
} from "../tree.ts";
import { argumentList } from "./expressions.ts";
import { stringText } from "./literals.ts";
import { proposedDeclaration } from "./proposals.ts";
import {
  accept,
  advance,
  ahead,
  certain,
  expect,
  fail,
  likely,
  list,
  name,
  type Reader,
  report,
  since,
  skipUntil,
  takeWord,
  unexpected,
} from "./reader.ts";
import { recordType, type, typeAfter } from "./types.ts";

/** A tree has at most this many levels for each level of the reader, and for each link of a chain. */
const LEVELS = { each: 10, link: 2 };

/** The declarations of a file; those that may be higher than `limit` are handed to `high`. */
export function file(reader: Reader, limit: number, high: (item: Item) => void): readonly Item[] {
  const items: Item[] = [];
  while (reader.token.kind !== "end") {
    const kind = reader.token.kind;
    if (kind === "separator" || kind === ",") {
      advance(reader);
      continue;
    }
    reader.deepest = 0;
    reader.links = 0;
    const node = item(reader);
    if (node !== undefined) {
      items.push(node);
      const levels = LEVELS.each * (reader.deepest + 2) + LEVELS.link * reader.links;
      if (levels > limit) high(node);
    }
    if (!reader.panic) afterItem(reader);
    if (reader.panic) {
      const skipped = skipToDeclaration(reader);
      if (skipped.end > skipped.start) items.push({ kind: "error", span: skipped });
      reader.panic = false;
    }
  }
  return items;
}

function afterItem(reader: Reader): void {
  const token = reader.token;
  if (token.kind === "separator" || token.kind === "end" || token.kind === ",") return;
  if (beginsDeclaration(reader.tokens, reader.at)) {
    const facts = { separator: "a line break", found: describe(token) };
    const gap = { start: reader.end, end: token.start };
    report(reader, syntax.missingSeparator, token, facts, [
      certain(reader, "insert a line break", gap, "\n"),
    ]);
    return;
  }
  unexpected(reader, "a line break");
}

/** Skips to the next declaration at the start of a line. */
function skipToDeclaration(reader: Reader): Span {
  const begins = (token: Token) =>
    token.kind === "separator" &&
    ahead(reader, 1)?.column === 0 &&
    (beginsDeclaration(reader.tokens, reader.at + 1) || beginsForeign(reader));
  return skipUntil(reader, begins);
}

/** True where a line begins with what was meant as one of our words. */
function beginsForeign(reader: Reader): boolean {
  const token = ahead(reader, 1);
  const next = ahead(reader, 2);
  if (token?.kind !== "word" || next === undefined || next.first) return false;
  if (next.kind !== "word" && next.kind !== "string") return false;
  return proposedDeclaration(token.text) !== undefined;
}

function item(reader: Reader): Item | undefined {
  const token = reader.token;
  const next = ahead(reader, 1);
  if (token.kind === "hole") {
    advance(reader);
    return { kind: "hole", span: since(reader, token.start) };
  }
  if (token.kind === "word" && DECLARATION_WORDS.has(token.text) && !looksLikeValue(token, next)) {
    return declaration(reader, token);
  }
  if (token.kind === "word" && next?.kind === "=") return assignment(reader, token);
  if (token.kind === "word" && next !== undefined && next.word && !next.first) {
    if (next.kind === "word" || next.kind === "in") return unknownWord(reader, token);
  }
  if (token.kind === "{" && token.first) {
    unexpected(reader, "a declaration");
    return undefined;
  }
  const help =
    token.kind === "word"
      ? "give it a name: `let name = …` or `stage name = …`"
      : "write `let name = …`";
  fail(reader, syntax.notADeclaration, token, { found: describe(token), help });
  return undefined;
}

/** `data(…)` and the like use the word as a name. */
function looksLikeValue(token: Token, next: Token | undefined): boolean {
  if (next === undefined) return true;
  if (next.kind === "=") return !["let", "data", "stage", "type"].includes(token.text);
  if (token.text === "ensure") return false;
  if (next.kind === "(") return token.text !== "fn";
  return next.kind === "." || next.kind === "|>";
}

function declaration(reader: Reader, token: Token): Item {
  switch (token.text) {
    case "use":
      return use(reader);
    case "input":
      return input(reader);
    case "record":
      return record(reader);
    case "model":
      return model(reader);
    case "type":
      return alias(reader);
    case "fn": {
      const node = fn(reader);
      if (node.body === undefined && !reader.panic) unexpected(reader, "`{` and the body");
      return node;
    }
    case "ensure": {
      advance(reader);
      const value = reader.rules.expression(reader);
      return { kind: "ensure", doc: token.doc, value, span: since(reader, token.start) };
    }
    default:
      return reader.rules.binding(reader);
  }
}

/** `name = value` at the top: read as `let`. */
function assignment(reader: Reader, token: Token): Item {
  const label = takeWord(reader);
  const before = { start: token.start, end: token.start };
  const fixes = [certain(reader, "write `let`", before, "let ")];
  const facts = { name: label.text, inBraces: false };
  report(reader, syntax.assignment, label.span, facts, fixes);
  advance(reader);
  const value = reader.rules.expression(reader);
  const span = since(reader, token.start);
  return { kind: "binding", doc: token.doc, word: "let", name: label, value, span };
}

/** A word before a name that begins no declaration. */
function unknownWord(reader: Reader, token: Token): undefined {
  const proposal = proposedDeclaration(token.text);
  const fixes =
    proposal === undefined ? [] : [likely(reader, `write \`${proposal}\``, token, proposal)];
  const facts = { word: token.text, proposal };
  fail(reader, syntax.unknownDeclaration, token, facts, fixes);
  return undefined;
}

function use(reader: Reader): UseItem {
  const token = advance(reader);
  const source = useSource(reader);
  let names: UseItem["names"] = [];
  const help = "name what is used: `use std/layers { Linear }`";
  if (!reader.panic && reader.token.kind !== "{") unexpected(reader, "`{` and names", help);
  if (accept(reader, "{")) {
    names = list<UseItem["names"][number]>(reader, {
      open: "{",
      commas: true,
      separator: "a comma",
      what: "a name",
      element: usedName,
      begins: (here) => here.token.kind === "word",
      skipped: () => undefined,
    });
  }
  return { kind: "use", doc: token.doc, source, names, span: since(reader, token.start) };
}

function usedName(reader: Reader): UseItem["names"][number] {
  const used = name(reader, "a name");
  const as = accept(reader, "as") ? name(reader, "a name after `as`") : undefined;
  return { name: used, as };
}

function useSource(reader: Reader): UseItem["source"] {
  const token = reader.token;
  if (token.kind === "string") {
    advance(reader);
    const text = stringText(reader, token);
    return { kind: "path", text, span: since(reader, token.start) };
  }
  const parts = [name(reader, "a module of the library, as std/models, or a path in quotes").text];
  while (accept(reader, "/")) parts.push(name(reader, "a name after `/`").text);
  return { kind: "library", text: parts.join("/"), span: since(reader, token.start) };
}

function input(reader: Reader): InputItem {
  const token = advance(reader);
  const label = name(reader, "a name after `input`");
  const given = typeAfter(reader, label);
  const value = accept(reader, "=") ? reader.rules.expression(reader) : undefined;
  const span = since(reader, token.start);
  return { kind: "input", doc: token.doc, name: label, type: given, value, span };
}

function record(reader: Reader): RecordItem {
  const token = advance(reader);
  const label = name(reader, "a name after `record`");
  const fields = recordType(reader);
  return {
    kind: "record",
    doc: token.doc,
    name: label,
    type: fields,
    span: since(reader, token.start),
  };
}

/** `type Name = type`. */
function alias(reader: Reader): TypeItem {
  const token = advance(reader);
  const label = name(reader, "a name after `type`");
  expect(reader, "=", `\`=\` after \`${label.text}\``);
  const given = type(reader);
  return {
    kind: "type",
    doc: token.doc,
    name: label,
    type: given,
    span: since(reader, token.start),
  };
}

function parameters(reader: Reader): readonly Parameter[] {
  return list<Parameter>(reader, {
    open: "(",
    commas: true,
    separator: "a comma",
    what: "a parameter",
    element: parameter,
    begins: (here) => here.token.word && ahead(here, 1)?.kind === ":",
    skipped: () => undefined,
  });
}

function parameter(reader: Reader): Parameter {
  const start = reader.token.start;
  const colon = ahead(reader, 1)?.kind === ":";
  const label =
    reader.token.word && colon ? takeWord(reader) : name(reader, "a parameter `name: type`");
  const given = typeAfter(reader, label);
  const value = accept(reader, "=") ? reader.rules.expression(reader) : undefined;
  return { kind: "parameter", name: label, type: given, value, span: since(reader, start) };
}

function fn(reader: Reader): FunctionItem {
  const token = advance(reader);
  const label = reader.token.kind === "(" ? undefined : name(reader, "a name or `(` after `fn`");
  let taken: readonly Parameter[] = [];
  if (expect(reader, "(", "`(` and the parameters")) taken = parameters(reader);
  let result: TypeNode | undefined;
  if (accept(reader, "->")) result = type(reader);
  const body = functionBody(reader);
  return {
    kind: "function",
    doc: token.doc,
    name: label,
    parameters: taken,
    result,
    body,
    span: since(reader, token.start),
  };
}

function functionBody(reader: Reader): FunctionBody | undefined {
  if (reader.panic) return undefined;
  const start = reader.token.start;
  if (reader.token.kind === "{") {
    const expression = reader.rules.braces(reader, "a body");
    return { kind: "code", expression, span: since(reader, start) };
  }
  const brace = ahead(reader, 1);
  if (reader.token.kind === "separator" && brace?.kind === "{") {
    unexpected(reader, "`{` and the body");
    return undefined;
  }
  if (reader.token.kind !== "=") return undefined;
  const equals = advance(reader);
  const table = reader.token;
  const row = ahead(reader, 1);
  if (table.kind === "word" && row?.kind === "string") {
    const named = takeWord(reader);
    const text = stringText(reader, advance(reader));
    return { kind: "row", table: named, row: text, span: since(reader, start) };
  }
  const at = reader.faults.length;
  const value = reader.rules.expression(reader);
  const span = since(reader, start);
  if (reader.faults.length === at && !reader.panic) {
    const inner = reader.text.slice(value.span.start, value.span.end);
    const fixes = [
      certain(reader, "put the body in braces", { start, end: value.span.end }, `{ ${inner} }`),
    ];
    report(reader, syntax.bodyNeedsBraces, equals, {}, fixes);
  }
  return {
    kind: "code",
    expression: { kind: "block", statements: [], result: value, span },
    span,
  };
}

function model(reader: Reader): ModelItem {
  const token = advance(reader);
  const label = name(reader, "a name after `model`");
  if (/^[a-z_]/.test(label.text)) reportSmall(reader, label);
  const taken = accept(reader, "(") ? parameters(reader) : undefined;
  let members: readonly Member[] = [];
  if (expect(reader, "{", "`{` and the members of the model")) {
    members = list<Member>(reader, {
      open: "{",
      commas: true,
      separator: "a line break",
      what: "a member",
      element: member,
      begins: (here) => here.token.word && ahead(here, 1)?.kind === "=",
      skipped: (span) => ({ kind: "error", span }),
    });
  }
  return {
    kind: "model",
    doc: token.doc,
    name: label,
    parameters: taken,
    members,
    span: since(reader, token.start),
  };
}

function reportSmall(reader: Reader, label: Name): void {
  const proposal = label.text
    .split("_")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
  const fixes = [likely(reader, `write \`${proposal}\``, label.span, proposal)];
  report(reader, syntax.modelName, label.span, { name: label.text, proposal }, fixes);
}

function member(reader: Reader): Member | undefined {
  const token = reader.token;
  const next = ahead(reader, 1);
  const start = token.start;
  if (accept(reader, "hole")) return { kind: "hole", span: since(reader, start) };
  const after = next?.kind;
  if (token.word && after === "=") {
    const label = name(reader, "a member");
    advance(reader);
    const value = reader.rules.expression(reader);
    return { kind: "member", doc: token.doc, name: label, value, span: since(reader, start) };
  }
  if (token.word && after === ":") {
    const label = takeWord(reader);
    const given = typeAfter(reader, label);
    const value = accept(reader, "=") ? reader.rules.expression(reader) : undefined;
    const span = since(reader, start);
    return { kind: "declared", doc: token.doc, name: label, type: given, value, span };
  }
  if (token.kind === "word" && token.text === "fn") return fn(reader);
  if (token.kind === "word" && token.text === "dim") return reader.rules.binding(reader);
  if (token.kind === "word" && token.text === "layout") return layout(reader);
  if (token.kind === "word" && next?.word === true && ahead(reader, 2)?.kind === "=") {
    const facts = { word: token.text, name: next.text };
    const fixes = [certain(reader, `remove \`${token.text}\``, { start, end: next.start }, "")];
    report(reader, syntax.wordBeforeMember, token, facts, fixes);
    advance(reader);
    return member(reader);
  }
  const help = "members are `name = value`, `name: Type`, `dim name = …`, `fn …` and `layout …`";
  unexpected(reader, "a member of the model", help);
  return undefined;
}

function layout(reader: Reader): LayoutMember {
  const token = advance(reader);
  const format = name(reader, "the name of a format after `layout`");
  const given = reader.token.kind === "(" && !reader.panic ? argumentList(reader) : [];
  const settings = reader.panic ? [] : reader.rules.settings(reader);
  return {
    kind: "layout",
    doc: token.doc,
    format,
    arguments: given,
    settings,
    span: since(reader, token.start),
  };
}
