import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import { DECLARATION_WORDS, type Token } from "../tokens.ts";
import type { Name, NumberNode, StringNode } from "../tree.ts";
import { advance, ahead, certain, type Reader, report, since, takeWord } from "./reader.ts";

type Piece = StringNode["pieces"][number];

const SUFFIXES: Readonly<Record<string, string>> = { K: "e3", M: "e6", B: "e9", T: "e12" };
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  n: "\n",
  t: "\t",
  "{": "{",
};
const PATH = /\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\}/y;
const CODE_POINT = /\\u\{([0-9A-Fa-f]{1,6})\}/y;

/** A number and the unit after it on the same line. */
export function number(reader: Reader): NumberNode {
  const token = advance(reader);
  const next = reader.token;
  const isUnit = next.kind === "word" && !next.first && !beginsSomething(reader);
  const unit = isUnit ? takeWord(reader) : undefined;
  return { ...numberParts(token), unit, span: since(reader, token.start) };
}

/** True where the word is no unit: a name before `:`, or the word of a definition. */
function beginsSomething(reader: Reader): boolean {
  const after = ahead(reader, 1);
  if (after?.kind === ":") return true;
  if (reader.token.text === "with") return after?.kind === "{";
  return DECLARATION_WORDS.has(reader.token.text) && after?.word === true && !after.first;
}

/** A number as a key or a pattern: without a unit. */
export function plainNumber(reader: Reader): NumberNode {
  const token = advance(reader);
  return { ...numberParts(token), unit: undefined, span: since(reader, token.start) };
}

function numberParts(token: Token): Omit<NumberNode, "unit" | "span"> {
  const text = token.text;
  const last = text.charAt(text.length - 1);
  const percent = last === "%";
  const power = SUFFIXES[last];
  const digits = percent || power !== undefined ? text.slice(0, -1) : text;
  const exponent = /[eE]/.test(digits);
  const value =
    power === undefined || exponent
      ? Number(digits) * (power === undefined ? 1 : Number(`1${power}`))
      : Number(digits + power);
  const integer = !percent && !exponent && !digits.includes(".");
  return { kind: "number", value, percent, text, integer };
}

/** The string that has just been consumed, with escapes applied and `{path}` pieces apart. */
export function stringNode(reader: Reader, token: Token): StringNode {
  const span = { start: token.start, end: token.end };
  const text = token.text;
  if (text.startsWith('"""')) {
    const closed = text.length >= 6 && text.endsWith('"""');
    const body = text.slice(3, closed ? -3 : undefined).replace(/\r\n?/g, "\n");
    const inner = { start: token.start + 3, end: token.end - (closed ? 3 : 0) };
    return {
      kind: "string",
      raw: true,
      pieces: body === "" ? [] : [{ kind: "text", text: body, span: inner }],
      span,
    };
  }
  const end = text.length > 1 && text.endsWith('"') ? text.length - 1 : text.length;
  return { kind: "string", raw: false, pieces: piecesOf(reader, token, end), span };
}

function piecesOf(reader: Reader, token: Token, end: number): readonly Piece[] {
  const text = token.text;
  const pieces: Piece[] = [];
  let held = "";
  let heldFrom = 1;
  const flush = (at: number) => {
    if (held !== "") {
      const span = { start: token.start + heldFrom, end: token.start + at };
      pieces.push({ kind: "text", text: held, span });
    }
    held = "";
  };
  let at = 1;
  while (at < end) {
    const character = text.charAt(at);
    if (character === "\\") {
      const found = escapeAt(reader, token, at);
      held += found.text;
      at += found.length;
    } else if (character === "{") {
      PATH.lastIndex = at;
      const found = PATH.exec(text);
      const inner = found?.[1];
      if (found === null || inner === undefined) {
        const span = { start: token.start + at, end: token.start + at + 1 };
        report(reader, syntax.badInterpolation, span, {}, [
          certain(reader, "write `\\{`", span, "\\{"),
        ]);
        held += "{";
        at += 1;
        continue;
      }
      flush(at);
      const start = token.start + at;
      at += found[0].length;
      pieces.push({
        kind: "path",
        path: namesOf(inner, start + 1),
        span: { start, end: token.start + at },
      });
      heldFrom = at;
    } else {
      held += character;
      at += 1;
    }
  }
  flush(end);
  return pieces;
}

function namesOf(path: string, start: number): readonly Name[] {
  let at = start;
  return path.split(".").map((text) => {
    const name: Name = { kind: "name", text, span: { start: at, end: at + text.length } };
    at += text.length + 1;
    return name;
  });
}

function escapeAt(reader: Reader, token: Token, at: number): { text: string; length: number } {
  const text = token.text;
  const letter = text.charAt(at + 1);
  const simple = ESCAPES[letter];
  if (simple !== undefined) return { text: simple, length: 2 };
  CODE_POINT.lastIndex = at;
  const found = CODE_POINT.exec(text);
  const point = found?.[1] === undefined ? Number.NaN : Number.parseInt(found[1], 16);
  const scalar = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  if (found !== null && scalar)
    return { text: String.fromCodePoint(point), length: found[0].length };
  const length =
    found !== null
      ? found[0].length
      : 1 + String.fromCodePoint(text.codePointAt(at + 1) ?? 0).length;
  const span = { start: token.start + at, end: Math.min(token.start + at + length, token.end) };
  const written = text.slice(at, at + length);
  const fixes = [
    {
      ...certain(reader, "write `\\\\`", { start: span.start, end: span.start + 1 }, "\\\\"),
      applicability: "likely" as const,
    },
  ];
  report(reader, syntax.unknownEscape, span, { found: written }, fixes);
  return { text: written, length };
}

/** The text of a string in which no `{path}` may stand: a path, a key of a table, a literal type. */
export function stringText(reader: Reader, token: Token): string {
  return stringNode(reader, token)
    .pieces.map((piece) =>
      piece.kind === "text" ? piece.text : `{${piece.path.map((part) => part.text).join(".")}}`,
    )
    .join("");
}
