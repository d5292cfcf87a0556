import { lex } from "../../grammar/lexer.ts";
import type { Token } from "../../grammar/tokens.ts";

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Tokens of a text, without the end. */
export function tokensOf(text: string): readonly Token[] {
  return lex(text, "").tokens.slice(0, -1);
}

export const SNIPPETS: readonly string[] = [
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  "=",
  "=>",
  "->",
  "|>",
  "|",
  ".",
  "..",
  "…",
  "+",
  "-",
  "*",
  "/",
  "^",
  "~",
  "??",
  "==",
  "<",
  "and",
  "not",
  "if",
  "else",
  "match",
  "for",
  "in",
  "as",
  "none",
  "let",
  "fn",
  "model",
  "stage",
  "use",
  "fold",
  "each",
  "param",
  "with",
  "every",
  "config",
  "where",
  '"',
  '"""',
  "'",
  "\\",
  "{x}",
  "//",
  "///",
  "/*",
  "\n",
  "\r\n",
  "\t",
  "5%",
  "1e",
  "0x1",
  "1..2",
  "&&",
  "||",
  "!",
  "%",
  "?",
  ";",
  "#",
  "@",
  "é",
  "𐐀",
  "\u0000",
  "\ufeff",
  "\u2028",
  "((((",
  "}}}}",
];

/** One random change: a range deleted, doubled or moved, or a snippet put in. */
export function mutate(text: string, tokens: readonly Token[], random: () => number): string {
  const at = Math.floor(random() * tokens.length);
  const token = tokens[at];
  if (token === undefined) return text;
  const other = tokens[Math.min(tokens.length - 1, at + Math.floor(random() * 8))] ?? token;
  const snippet = SNIPPETS[Math.floor(random() * SNIPPETS.length)] ?? "";
  const offset = Math.floor(random() * (text.length + 1));
  switch (Math.floor(random() * 7)) {
    case 0:
      return text.slice(0, token.start) + text.slice(other.end);
    case 1:
      return text.slice(0, other.end) + text.slice(token.start, other.end) + text.slice(other.end);
    case 2:
      return text.slice(0, token.start) + snippet + text.slice(token.start);
    case 3:
      return text.slice(0, offset) + snippet + text.slice(offset);
    case 4:
      return text.slice(0, offset) + text.slice(offset + 1 + Math.floor(random() * 20));
    case 5:
      return text.slice(0, token.start) + snippet + text.slice(token.end);
    default:
      return text.slice(0, token.start) + other.text + text.slice(token.end);
  }
}
