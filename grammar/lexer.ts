import * as syntax from "../program/diagnostics/catalogue/syntax.ts";
import { diagnose } from "../program/diagnostics/define.ts";
import type { Diagnostic, Fix, TextRange } from "../program/diagnostics/diagnostic.ts";
import { HARD_WORDS, type Token, type TokenKind } from "./tokens.ts";
import type { Comment } from "./tree.ts";

export interface Lexed {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a value can end with. */
const VALUE_ENDS: ReadonlySet<TokenKind> = new Set([
  "word",
  "number",
  "string",
  "hole",
  "true",
  "false",
  "none",
  ")",
  "]",
  "}",
]);

const HARD: ReadonlyMap<string, TokenKind> = new Map(HARD_WORDS.map((word) => [word, word]));

/** Longest first, so that the first match is the right one. */
const SYMBOLS: readonly TokenKind[] = [
  "=>",
  "==",
  "->",
  "|>",
  "..",
  "**",
  "??",
  "!=",
  "<=",
  ">=",
  "&&",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  "=",
  "|",
  ".",
  "+",
  "-",
  "*",
  "/",
  "^",
  "~",
  "<",
  ">",
  "%",
  "!",
  "?",
];

const SYMBOLS_BY_FIRST: ReadonlyMap<number, readonly TokenKind[]> = (() => {
  const map = new Map<number, TokenKind[]>();
  for (const symbol of SYMBOLS) {
    const code = symbol.charCodeAt(0);
    const known = map.get(code);
    if (known === undefined) map.set(code, [symbol]);
    else known.push(symbol);
  }
  return map;
})();

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?:%|[KMBT](?![A-Za-z0-9_]))?/y;
const LINE_REST = /[^\r\n]*/y;
const RAW_LIMIT = /[\r\n](?=(?:use|input|type|record|model|fn|let|data|stage|ensure) +["A-Za-z_])/g;
/** Characters that nothing begins with, outside ASCII or invisible. */
const FOREIGN_CHARACTERS = /[^\t\n\r -~\u2026\u201c\u201e\u00ab\u2018\p{L}\p{N}\p{M}]+/uy;
const FOREIGN_LETTERS = /[\p{L}\p{N}\p{M}_]+/uy;

/** Opening quotes of other languages and what closes them. */
const OTHER_QUOTES: ReadonlyMap<string, string> = new Map([
  ["'", "'"],
  ["\u201c", "\u201d"],
  ["\u201e", "\u201c"],
  ["\u00ab", "\u00bb"],
  ["\u2018", "\u2019"],
]);

const LINE_FEED = 10;
const RETURN = 13;
const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const SLASH = 47;
const STAR = 42;
const DOT = 46;
const SEMICOLON = 59;
const BACKSLASH = 92;
const BYTE_ORDER_MARK = 0xfeff;

function match(pattern: RegExp, text: string, at: number): string {
  return text.slice(at, endOf(pattern, text, at));
}

/** Where what matches at `at` ends; makes no objects. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

/** Offset just past a string that begins at `at`, or the length it would have to be cut to. */
function stringEnd(text: string, at: number): { readonly end: number; readonly closed: boolean } {
  for (let here = at + 1; ; here += 1) {
    const code = text.charCodeAt(here);
    if (code === QUOTE) return { end: here + 1, closed: true };
    if (code === BACKSLASH) {
      const next = text.charCodeAt(here + 1);
      if (here + 1 < text.length && next !== LINE_FEED && next !== RETURN) here += 1;
    } else if (here >= text.length || code === LINE_FEED || code === RETURN) {
      return { end: here, closed: false };
    }
  }
}

/** Splits a text into tokens and comments; never fails, and covers every character. */
export function lex(text: string, path: string): Lexed {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  const diagnostics: Diagnostic[] = [];
  const tabs: TextRange[] = [];

  let at = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  let lineStart = at;
  let first = true;
  let blank = false;
  let doc: string | undefined;

  const place = (start: number, end: number) => ({ file: path, range: { start, end } });
  const fix = (title: string, start: number, end: number, replacement: string): Fix => ({
    title,
    applicability: "certain",
    edits: [{ file: path, range: { start, end }, text: replacement }],
  });
  const push = (kind: TokenKind, end: number, word: boolean, token = text.slice(at, end)) => {
    tokens.push({
      kind,
      text: token,
      start: at,
      end,
      word,
      first,
      column: at - lineStart,
      doc,
      inserted: false,
    });
    doc = undefined;
    first = false;
    blank = false;
    at = end;
  };
  const comment = (kind: "line" | "doc", end: number) => {
    const body = text.slice(at, end).trimEnd();
    comments.push({
      kind,
      text: body,
      span: { start: at, end: at + body.length },
      trailing: !first,
    });
    if (kind === "doc" && first) {
      const line = body.slice(3).replace(/^ /, "");
      doc = doc === undefined || blank ? line : `${doc}\n${line}`;
      blank = false;
    }
    at = end;
  };

  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === SPACE) {
      at += 1;
    } else if (code === LINE_FEED || code === RETURN) {
      if (code === RETURN && text.charCodeAt(at + 1) === LINE_FEED) at += 1;
      at += 1;
      if (first && text.slice(lineStart, at).trim() === "") blank = true;
      lineStart = at;
      first = true;
    } else if (isWordStart(code)) {
      const wordEnd = endOf(WORD, text, at);
      const word = text.slice(at, wordEnd);
      if (text.charCodeAt(wordEnd) > 127) foreignWord(word);
      else push(wordKind(word), wordEnd, true, word);
    } else if (isDigit(code)) {
      number();
    } else if (code === QUOTE) {
      string();
    } else if (code === SLASH && text.charCodeAt(at + 1) === SLASH) {
      const documents = text.charCodeAt(at + 2) === SLASH && text.charCodeAt(at + 3) !== SLASH;
      comment(documents ? "doc" : "line", endOf(LINE_REST, text, at));
    } else if (code === TAB) {
      tabs.push({ start: at, end: at + 1 });
      at += 1;
    } else if (code === 0x2026) {
      push("hole", at + 1, false);
    } else if (code === DOT && text.startsWith("...", at)) {
      push("hole", at + 3, false);
    } else {
      symbol(code);
    }
  }

  const firstTab = tabs[0];
  if (firstTab !== undefined) {
    const edits = tabs.map((range) => ({ file: path, range, text: "  " }));
    const replace: Fix = { title: "use spaces", applicability: "certain", edits };
    diagnostics.push(
      diagnose(
        syntax.tab,
        place(firstTab.start, firstTab.end),
        { count: tabs.length },
        { fixes: [replace] },
      ),
    );
  }
  push("end", text.length, false, "");
  return { tokens, comments, diagnostics };

  /** After `.` every word is a name, and after `..` where that is no operator. */
  function wordKind(word: string): TokenKind {
    const hard = HARD.get(word);
    if (hard === undefined) return "word";
    const before = first ? undefined : tokens.at(-1);
    if (before?.kind === ".") return "word";
    const operand = before?.first === true ? undefined : tokens.at(-2)?.kind;
    const rest = before?.kind === ".." && !VALUE_ENDS.has(operand ?? "end");
    return rest ? "word" : hard;
  }

  function number(): void {
    const digits = match(NUMBER, text, at);
    const end = at + digits.length;
    const word = match(WORD, text, end);
    if (word === "") {
      if (!Number.isFinite(Number(digits.replace(/[%KMBT]$/, "")))) {
        const help = "numbers are smaller than 1.8e308";
        diagnostics.push(diagnose(syntax.invalidNumber, place(at, end), { found: digits, help }));
      }
      push("number", end, false);
      return;
    }
    const found = digits + word;
    const unit = !/^_|^[xob]/.test(word);
    const help = unit
      ? `write a space before the unit: \`${digits} ${word}\``
      : "digits are not grouped, and numbers are decimal";
    const fixes = unit ? [fix("put a space before the unit", end, end, " ")] : [];
    diagnostics.push(
      diagnose(syntax.invalidNumber, place(at, end + word.length), { found, help }, { fixes }),
    );
    if (unit) {
      push("number", end, false);
      push(HARD.get(word) ?? "word", at + word.length, true);
    } else {
      push("number", end + word.length, false, digits);
    }
  }

  function string(): void {
    if (text.startsWith('"""', at)) {
      const close = text.indexOf('"""', at + 3);
      if (close >= 0) {
        const end = close + 3;
        push("string", end, false);
        afterLines(end);
        return;
      }
      RAW_LIMIT.lastIndex = at + 3;
      const end = RAW_LIMIT.exec(text)?.index ?? text.length;
      diagnostics.push(diagnose(syntax.unterminatedString, place(at, at + 3), { quote: '"""' }));
      push("string", end, false);
      afterLines(end);
      return;
    }
    const found = stringEnd(text, at);
    if (found.closed) {
      push("string", found.end, false);
      return;
    }
    // Brackets and commas at the end of the line were hardly meant to be inside.
    const body = text.slice(at, found.end);
    const end = at + Math.max(1, body.replace(/[)\]},{\s]+$/, "").length);
    const close: Fix = {
      title: 'write `"`',
      applicability: "likely",
      edits: [{ file: path, range: { start: end, end }, text: '"' }],
    };
    diagnostics.push(
      diagnose(syntax.unterminatedString, place(at, end), { quote: '"' }, { fixes: [close] }),
    );
    push("string", end, false);
  }

  /** A raw string may end on another line than it began; columns count from there. */
  function afterLines(end: number): void {
    const newline = Math.max(text.lastIndexOf("\n", end - 1), text.lastIndexOf("\r", end - 1));
    if (newline >= lineStart) lineStart = newline + 1;
  }

  function symbol(code: number): void {
    for (const kind of SYMBOLS_BY_FIRST.get(code) ?? []) {
      if (!text.startsWith(kind, at)) continue;
      if (kind === "/" && text.charCodeAt(at + 1) === STAR) break;
      if (kind === "." && isDigit(text.charCodeAt(at + 1)) && !endsValue()) {
        const digits = match(NUMBER, text, at + 1);
        const end = at + 1 + digits.length;
        const fixes = [fix("write `0` before the point", at, at, "0")];
        const facts = { found: text.slice(at, end), help: "write a digit before the point" };
        diagnostics.push(diagnose(syntax.invalidNumber, place(at, end), facts, { fixes }));
        push("number", end, false, `0.${digits}`);
        return;
      }
      push(kind, at + kind.length, false, kind);
      return;
    }
    if (code === SEMICOLON) {
      const last = /^[ \t]*(?:[\r\n]|\/\/|$)/.test(text.slice(at + 1, at + 80));
      const fixes = last ? [fix("remove `;`", at, at + 1, "")] : [];
      diagnostics.push(diagnose(syntax.semicolon, place(at, at + 1), {}, { fixes }));
      push("separator", at + 1, false);
    } else if (code === HASH) {
      const fixes = [fix("write `//`", at, at + 1, "//")];
      diagnostics.push(
        diagnose(syntax.foreignComment, place(at, at + 1), { found: "#" }, { fixes }),
      );
      comment("line", endOf(LINE_REST, text, at));
    } else if (code === SLASH) {
      const close = text.indexOf("*/", at + 2);
      const end = close < 0 ? text.length : close + 2;
      diagnostics.push(diagnose(syntax.foreignComment, place(at, at + 2), { found: "/*" }));
      comments.push({
        kind: "line",
        text: text.slice(at, end),
        span: { start: at, end },
        trailing: !first,
      });
      at = end;
      const newline = text.lastIndexOf("\n", end - 1);
      if (newline >= lineStart) {
        lineStart = newline + 1;
        first = true;
      }
    } else if (OTHER_QUOTES.has(text.charAt(at))) {
      otherQuotes(OTHER_QUOTES.get(text.charAt(at)) ?? "");
    } else {
      unknown();
    }
  }

  /** True where a `.` right here would select a field. */
  function endsValue(): boolean {
    const last = tokens[tokens.length - 1];
    if (last === undefined || last.end !== at) return false;
    return last.word || last.kind === ")" || last.kind === "]" || last.kind === "}";
  }

  function otherQuotes(closing: string): void {
    const line = match(LINE_REST, text, at);
    const close = line.indexOf(closing, 1);
    if (close < 0) {
      unknown();
      return;
    }
    const end = at + close + 1;
    const body = line.slice(1, close);
    const plain = !/["\\{]/.test(body);
    const fixes = plain ? [fix("use double quotes", at, end, `"${body}"`)] : [];
    const found = body.length > 40 ? "other quotes" : line.slice(0, close + 1);
    diagnostics.push(diagnose(syntax.singleQuotes, place(at, end), { found }, { fixes }));
    push("string", end, false, `"${body.replace(/["\\{]/g, "\\$&")}"`);
  }

  /** A foreign letter still makes a name, so that the rest of the line can be read. */
  function foreignWord(start: string): void {
    const word = start + match(FOREIGN_LETTERS, text, at + start.length);
    const end = at + word.length;
    if (word !== start) {
      const facts = { found: `\`${word}\``, help: "names have the letters a to z, digits and `_`" };
      diagnostics.push(diagnose(syntax.unknownCharacter, place(at, end), facts));
    }
    push(HARD.get(word) ?? "word", end, true);
  }

  function unknown(): void {
    if (match(FOREIGN_LETTERS, text, at) !== "") {
      foreignWord("");
      return;
    }
    const point = text.codePointAt(at) ?? 0;
    const run = match(FOREIGN_CHARACTERS, text, at);
    const found = run === "" ? String.fromCodePoint(point) : run;
    const end = at + found.length;
    const invisible = /^[\p{C}\p{Z}]/u.test(found);
    const hexadecimal = point.toString(16).toUpperCase().padStart(4, "0");
    const facts = {
      found: invisible ? `the character U+${hexadecimal}` : `\`${found.slice(0, 20)}\``,
      help: invisible ? "replace it by a space" : undefined,
    };
    const fixes = invisible ? [fix("replace it by a space", at, end, " ")] : [];
    diagnostics.push(diagnose(syntax.unknownCharacter, place(at, end), facts, { fixes }));
    at = end;
  }
}
