/** Words that are never names, except after `.` and `..` and before `:`. */
export const HARD_WORDS = [
  "if",
  "else",
  "match",
  "for",
  "in",
  "and",
  "or",
  "not",
  "as",
  "true",
  "false",
  "none",
] as const;

/** Words that begin a declaration at the top of a file. */
export const DECLARATION_WORDS: ReadonlySet<string> = new Set([
  "use",
  "input",
  "type",
  "record",
  "model",
  "fn",
  "let",
  "data",
  "stage",
  "ensure",
]);

export type HardWord = (typeof HARD_WORDS)[number];

export type OpeningBracket = "(" | "[" | "{";
export type ClosingBracket = ")" | "]" | "}";

/** Operators of other languages; the lexer knows them so that the parser can name ours. */
export type ForeignOperator = "&&" | "%" | "!" | "**" | "?";

export type TokenKind =
  | "word"
  | "number"
  | "string"
  | "hole"
  | "separator"
  | "end"
  | HardWord
  | OpeningBracket
  | ClosingBracket
  | ForeignOperator
  | ","
  | ":"
  | "="
  | "=>"
  | "->"
  | "|>"
  | "|"
  | "."
  | ".."
  | "+"
  | "-"
  | "*"
  | "/"
  | "^"
  | "~"
  | "??"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">=";

export interface Token {
  readonly kind: TokenKind;
  /** The source text. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** True for every word, hard ones too. */
  readonly word: boolean;
  /** True for the first token of a line. */
  readonly first: boolean;
  /** Code units between the start of the line and the token. */
  readonly column: number;
  /** The `///` lines before it, without their slashes. */
  readonly doc: string | undefined;
  /** True for a closing bracket that the layout pass put where one was missing. */
  readonly inserted: boolean;
}

export const CLOSING: Readonly<Record<OpeningBracket, ClosingBracket>> = {
  "(": ")",
  "[": "]",
  "{": "}",
};

export function isOpening(kind: TokenKind): kind is OpeningBracket {
  return kind === "(" || kind === "[" || kind === "{";
}

export function isClosing(kind: TokenKind): kind is ClosingBracket {
  return kind === ")" || kind === "]" || kind === "}";
}

/** How a message names a token. */
export function describe(token: Token): string {
  if (token.kind === "end") return "the end of the file";
  if (token.kind === "separator") return token.text === ";" ? "`;`" : "the end of the line";
  if (token.kind === "string") return token.text.length > 40 ? "a string" : token.text;
  const text = token.text.length > 60 ? `${token.text.slice(0, 59)}…` : token.text;
  return `\`${text}\``;
}
