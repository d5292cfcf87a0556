import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import { type DiagnosticKind, diagnose } from "../../program/diagnostics/define.ts";
import type { Diagnostic, Fix } from "../../program/diagnostics/diagnostic.ts";
import { NESTING_LIMIT } from "../layout.ts";
import {
  CLOSING,
  type ClosingBracket,
  describe,
  isClosing,
  isOpening,
  type OpeningBracket,
  type Token,
  type TokenKind,
} from "../tokens.ts";
import type {
  BindingItem,
  BlockNode,
  DimensionsNode,
  ErrorNode,
  Expression,
  Name,
  RecordNode,
  Setting,
  Span,
  TypeNode,
} from "../tree.ts";

/** What the parser reports. */
export interface Fault {
  readonly diagnostic: Diagnostic;
  /** Reading did not go on where it was, so what follows on the line may be a consequence. */
  readonly fatal: boolean;
  /** An opening brace was expected, so its partner will be found to be alone. */
  readonly missingBrace: boolean;
}

/**
 * The place in the token stream and what was found out so far.
 *
 * After a fault `panic` is true: nothing more is reported or consumed until the innermost list has
 * skipped to its next element, so that one fault gives one diagnostic.
 */
export interface Reader {
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly faults: Fault[];
  readonly rules: Rules;
  at: number;
  token: Token;
  /** End of the last token that was consumed. */
  end: number;
  panic: boolean;
  /** In the head of `if`, `for`, `match`, `fold` braces are no settings. */
  inHead: boolean;
  depth: number;
  /** The greatest depth within the item that is read, and how many links its chains have. */
  deepest: number;
  links: number;
  tooDeep: boolean;
}

/** The rules that call each other across files; `parser/parse.ts` ties the knot. */
export interface Rules {
  readonly expression: (reader: Reader) => Expression;
  /** A sum: what may stand between commas in a list of dimensions. */
  readonly dimension: (reader: Reader) => Expression;
  readonly type: (reader: Reader) => TypeNode;
  /** A type without `|`. */
  readonly singleType: (reader: Reader) => TypeNode;
  readonly dimensions: (reader: Reader) => DimensionsNode;
  readonly braces: (reader: Reader, what: string) => BlockNode | RecordNode;
  readonly settings: (reader: Reader) => readonly Setting[];
  readonly binding: (reader: Reader) => BindingItem;
}

export function createReader(
  tokens: readonly Token[],
  first: Token,
  source: { readonly text: string; readonly path: string },
  rules: Rules,
  tooDeep: boolean,
): Reader {
  return {
    path: source.path,
    text: source.text,
    tokens,
    faults: [],
    rules,
    at: 0,
    token: first,
    end: 0,
    panic: false,
    inHead: false,
    depth: 0,
    deepest: 0,
    links: 0,
    tooDeep,
  };
}

export function advance(reader: Reader): Token {
  const token = reader.token;
  const next = reader.tokens[reader.at + 1];
  if (next !== undefined) {
    reader.at += 1;
    reader.token = next;
    reader.end = token.end;
  }
  return token;
}

export function ahead(reader: Reader, distance: number): Token | undefined {
  return reader.tokens[reader.at + distance];
}

export function accept(reader: Reader, kind: TokenKind): boolean {
  if (reader.panic || reader.token.kind !== kind) return false;
  advance(reader);
  return true;
}

/** Takes a soft word where it stands. */
export function acceptWord(reader: Reader, word: string): boolean {
  if (reader.panic || reader.token.kind !== "word" || reader.token.text !== word) return false;
  advance(reader);
  return true;
}

/** The span from a start to the last consumed token. */
export function since(reader: Reader, start: number): Span {
  return { start, end: Math.max(start, reader.end) };
}

/** States a fault after which reading goes on where it is. */
export function report<Facts>(
  reader: Reader,
  kind: DiagnosticKind<Facts>,
  span: Span,
  facts: Facts,
  fixes: readonly Fix[] = [],
): void {
  state(reader, kind, span, facts, fixes, false);
}

function state<Facts>(
  reader: Reader,
  kind: DiagnosticKind<Facts>,
  span: Span,
  facts: Facts,
  fixes: readonly Fix[],
  fatal: boolean,
): void {
  if (reader.panic) return;
  const place = { file: reader.path, range: { start: span.start, end: span.end } };
  const diagnostic = diagnose(kind, place, facts, { fixes });
  const missingBrace = fatal && diagnostic.message.startsWith("expected `{`");
  reader.faults.push({ diagnostic, fatal, missingBrace });
}

/** States a fault after which the innermost list skips to its next element. */
export function fail<Facts>(
  reader: Reader,
  kind: DiagnosticKind<Facts>,
  span: Span,
  facts: Facts,
  fixes: readonly Fix[] = [],
): void {
  // Where a bracket was put in, its absence has been reported already.
  if (!reader.token.inserted || reader.token.kind === "separator") {
    state(reader, kind, span, facts, fixes, true);
  }
  reader.panic = true;
}

export function unexpected(reader: Reader, expected: string, help?: string): void {
  const token = reader.token;
  if (token.kind === "{" && token.first) {
    fail(reader, syntax.braceOnNextLine, token, {}, joinLines(reader));
    return;
  }
  if (token.kind === "separator" && ahead(reader, 1)?.kind === "{" && expected.includes("`{`")) {
    const brace = ahead(reader, 1);
    if (brace !== undefined) {
      fail(reader, syntax.braceOnNextLine, brace, {}, joinLines(reader));
      return;
    }
  }
  if (token.kind === "?") {
    fail(reader, syntax.foreignConditional, token, {});
    return;
  }
  const facts = { expected, found: describe(token), help };
  fail(reader, syntax.unexpectedToken, visible(reader, token), facts);
}

/** Moves a brace to the end of the line before, where no comment is between. */
function joinLines(reader: Reader): readonly Fix[] {
  const brace = reader.token.kind === "{" ? reader.token : ahead(reader, 1);
  if (brace === undefined) return [];
  const between = reader.text.slice(reader.end, brace.start);
  if (between.trim() !== "") return [];
  return [
    certain(reader, "put `{` on the line before", { start: reader.end, end: brace.start }, " "),
  ];
}

/** A range that a reader can see, also for the end of a line. */
export function visible(reader: Reader, token: Token): Span {
  if (token.end > token.start) return token;
  const end = Math.max(reader.end, token.start);
  return { start: Math.max(0, end - 1), end };
}

export function certain(reader: Reader, title: string, span: Span, text: string): Fix {
  return replacement(reader, title, span, text, "certain");
}

export function likely(reader: Reader, title: string, span: Span, text: string): Fix {
  return replacement(reader, title, span, text, "likely");
}

function replacement(
  reader: Reader,
  title: string,
  span: Span,
  text: string,
  applicability: Fix["applicability"],
): Fix {
  const range = { start: span.start, end: span.end };
  return { title, applicability, edits: [{ file: reader.path, range, text }] };
}

export function expect(reader: Reader, kind: TokenKind, expected = `\`${kind}\``): boolean {
  if (reader.panic) return false;
  if (reader.token.kind === kind) {
    advance(reader);
    return true;
  }
  unexpected(reader, expected);
  return false;
}

/** A name; hard words are reported and taken. A missing one has an empty text. */
export function name(reader: Reader, what: string): Name {
  const token = reader.token;
  if (!reader.panic) {
    if (token.kind === "word") return takeWord(reader);
    if (token.word) {
      report(reader, syntax.reservedWord, token, { word: token.text, what });
      return takeWord(reader);
    }
    const facts = { what, found: describe(token) };
    fail(reader, syntax.missingName, visible(reader, token), facts);
  }
  return { kind: "name", text: "", span: { start: reader.end, end: reader.end } };
}

/** Takes the word that is known to stand here as a name. */
export function takeWord(reader: Reader): Name {
  const token = advance(reader);
  return { kind: "name", text: token.text, span: { start: token.start, end: token.end } };
}

export function errorAt(reader: Reader, start = reader.end): ErrorNode {
  return { kind: "error", span: since(reader, start) };
}

/** Runs a rule one level deeper; past the limit it gives `undefined` and one diagnostic. */
export function deeper<Node>(reader: Reader, rule: (reader: Reader) => Node): Node | undefined {
  if (reader.depth >= NESTING_LIMIT) {
    if (!reader.tooDeep) report(reader, syntax.tooDeep, reader.token, { limit: NESTING_LIMIT });
    reader.tooDeep = true;
    reader.panic = true;
    return undefined;
  }
  reader.depth += 1;
  if (reader.depth > reader.deepest) reader.deepest = reader.depth;
  const node = rule(reader);
  reader.depth -= 1;
  return node;
}

/** Skips balanced brackets and all else up to where `stops` holds or the closing bracket of here. */
export function skipUntil(reader: Reader, stops: (token: Token) => boolean): Span {
  const start = reader.token.start;
  let depth = 0;
  for (;;) {
    const kind = reader.token.kind;
    if (kind === "end") break;
    if (isClosing(kind)) {
      if (depth === 0) break;
      depth -= 1;
    } else if (isOpening(kind)) {
      depth += 1;
    } else if (depth === 0 && stops(reader.token)) {
      break;
    }
    advance(reader);
  }
  return { start, end: Math.max(start, reader.end) };
}

export interface ListForm<Element> {
  /** Its opening bracket has been consumed; `undefined` is the top of a file. */
  readonly open: OpeningBracket | undefined;
  /** False in a block, where only line breaks separate. */
  readonly commas: boolean;
  /** What separates, for messages: "a comma". */
  readonly separator: string;
  /** What an element is, for messages. */
  readonly what: string;
  readonly element: (reader: Reader) => Element | undefined;
  /** True where an element can begin, so that only the separator before it is missing. */
  readonly begins: (reader: Reader) => boolean;
  /** What stands for a skipped range. */
  readonly skipped: (span: Span) => Element | undefined;
}

/** Reads elements up to and including the closing bracket, and recovers at each element. */
export function list<Element>(reader: Reader, form: ListForm<Element>): Element[] {
  const elements: Element[] = [];
  const closing: ClosingBracket | undefined = form.open && CLOSING[form.open];
  const inHead = reader.inHead;
  reader.inHead = false;
  while (reader.token.kind !== "end" && !isClosing(reader.token.kind)) {
    const kind = reader.token.kind;
    if (kind === "separator" || (kind === "," && (form.commas || elements.length === 0))) {
      advance(reader);
      continue;
    }
    const before = reader.at;
    const element = form.element(reader);
    if (element !== undefined) elements.push(element);
    if (!reader.panic) afterElement(reader, form, closing, before);
    if (reader.panic) {
      const span = skipUntil(
        reader,
        ({ kind: stop }) => stop === "separator" || (form.commas && stop === ","),
      );
      const skipped = span.end > span.start ? form.skipped(span) : undefined;
      if (skipped !== undefined) elements.push(skipped);
      reader.panic = false;
    }
  }
  if (closing !== undefined && reader.token.kind === closing) advance(reader);
  reader.inHead = inHead;
  return elements;
}

function afterElement<Element>(
  reader: Reader,
  form: ListForm<Element>,
  closing: ClosingBracket | undefined,
  before: number,
): void {
  const token = reader.token;
  const kind = token.kind;
  if (kind === "separator" || kind === "end" || isClosing(kind)) return;
  if (kind === "," && form.commas) return;
  if (reader.at > before && form.begins(reader)) {
    const facts = { separator: form.separator, found: describe(token) };
    const gap = { start: reader.end, end: token.start };
    const fixes = form.commas ? [certain(reader, "insert a comma", gap, ", ")] : [];
    const span = { start: token.start, end: token.end };
    report(reader, syntax.missingSeparator, span, facts, fixes);
    return;
  }
  if (kind === "," && !form.commas) {
    const facts = { expected: form.separator, found: "`,`", help: undefined };
    report(reader, syntax.unexpectedToken, token, facts);
    advance(reader);
    return;
  }
  const end = closing === undefined ? "the end of the file" : `\`${closing}\``;
  unexpected(reader, `${form.separator.replace(" or ", ", ")} or ${end}`);
}
