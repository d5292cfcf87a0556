import * as syntax from "../program/diagnostics/catalogue/syntax.ts";
import { diagnose } from "../program/diagnostics/define.ts";
import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import {
  CLOSING,
  type ClosingBracket,
  DECLARATION_WORDS,
  describe,
  isClosing,
  isOpening,
  type OpeningBracket,
  type Token,
  type TokenKind,
} from "./tokens.ts";

/** Brackets may be open this deep. */
export const NESTING_LIMIT = 200;

export interface LaidOut {
  /** Brackets are balanced, line breaks that count are `separator` tokens, the last token is `end`. */
  readonly tokens: readonly Token[];
  readonly diagnostics: readonly Diagnostic[];
  readonly tooDeep: boolean;
}

interface Open {
  readonly token: Token;
  readonly kind: OpeningBracket;
  /** Column of the line, or of the construct, that opened it. */
  readonly indent: number;
  /** Lines before the one that it stands on. */
  readonly line: number;
}

/** A line that ends with one of these goes on. */
const CONTINUES_AFTER: ReadonlySet<TokenKind> = new Set([
  "+",
  "-",
  "*",
  "/",
  "^",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "??",
  "|>",
  "~",
  "..",
  "|",
  "&&",
  "**",
  "and",
  "or",
  "as",
  ",",
  ":",
  "=",
  "=>",
  "->",
  "(",
  "[",
  "{",
]);

/** A line that begins with one of these can only go on. */
const CONTINUES_BEFORE: ReadonlySet<TokenKind> = new Set([
  "|>",
  "*",
  "/",
  "+",
  "^",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "??",
  "=>",
  "->",
  "~",
  "=",
  "&&",
  "**",
  "and",
  "or",
  "else",
  "as",
  ")",
  "]",
  "}",
]);

const BINDING_WORDS: ReadonlySet<string> = new Set(["let", "data", "stage", "dim"]);

/** True where a declaration begins: one of its words, then what follows it. */
export function beginsDeclaration(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  const next = tokens[at + 1];
  if (token === undefined || next === undefined || next.first) return false;
  if (token.kind !== "word" || !DECLARATION_WORDS.has(token.text)) return false;
  if (next.word) return true;
  return token.text === "use" && next.kind === "string";
}

/** True where a line can only begin a setting, a field or a definition. */
function beginsPart(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  const next = tokens[at + 1];
  if (token === undefined || next === undefined || !token.word) return false;
  if (next.kind === ":") return true;
  return BINDING_WORDS.has(token.text) && next.word && tokens[at + 2]?.kind === "=";
}

/** Turns line breaks that count into separators and balances the brackets. */
export function layOut(tokens: readonly Token[], path: string): LaidOut {
  const plain = pass(tokens, path, false);
  if (plain.diagnostics.length === 0) return plain;
  // Something is missing; indentation says better than the brackets alone where.
  const guided = pass(tokens, path, true);
  return guided.diagnostics.length <= plain.diagnostics.length ? guided : plain;
}

function pass(tokens: readonly Token[], path: string, guided: boolean): LaidOut {
  const out: Token[] = [];
  const stack: Open[] = [];
  const diagnostics: Diagnostic[] = [];
  let indent = 0;
  let line = 0;
  let tooDeep = false;

  const place = (token: Token) => ({
    file: path,
    range: { start: token.start, end: token.end },
  });
  const insert = (kind: "separator" | ClosingBracket, text = "") => {
    const end = out.at(-1)?.end ?? 0;
    out.push({
      kind,
      text,
      start: end,
      end,
      word: false,
      first: false,
      column: 0,
      doc: undefined,
      inserted: true,
    });
  };
  const close = (found: Token, report: boolean, closing: boolean) => {
    const open = stack.pop();
    if (open === undefined) return;
    if (report && !tooDeep) {
      const end = out.at(-1)?.end ?? 0;
      const facts = {
        open: open.kind,
        close: CLOSING[open.kind],
        found: describe(found),
        closing,
      };
      const opening = place(open.token);
      const from = found.kind === "end" ? Math.max(0, end - 1) : end;
      const noticed = { file: path, range: { start: from, end: Math.max(end, found.end) } };
      // A brace is missed where the next thing begins, another bracket on its own line.
      const near = open.kind === "{" || line - open.line <= 1;
      const related = near
        ? [{ place: opening, message: `\`${open.kind}\` is opened here` }]
        : [{ place: noticed, message: `\`${CLOSING[open.kind]}\` is missed here at the latest` }];
      diagnostics.push(
        diagnose(syntax.unclosedBracket, near ? noticed : opening, facts, { related }),
      );
    }
    insert(CLOSING[open.kind]);
    indent = open.indent;
  };
  const closeAll = (found: Token, closing: boolean) => {
    for (let report = true; stack.length > 0; report = false) close(found, report, closing);
  };

  let index = -1;
  for (const token of tokens) {
    index += 1;
    const kind = token.kind;
    if (kind === "end") {
      closeAll(token, false);
      out.push(token);
      break;
    }
    if (token.first) {
      line += 1;
      const declaration = token.column === 0 && beginsDeclaration(tokens, index);
      if (declaration) closeAll(token, true);
      if (guided && !isClosing(kind)) {
        for (let report = true; token.column <= (stack.at(-1)?.indent ?? -1); report = false) {
          close(token, report, false);
        }
      }
      indent = token.column;
      const top = stack.at(-1);
      const previous = out.at(-1);
      if (previous !== undefined && (top === undefined || top.kind === "{")) {
        const begins = declaration || beginsPart(tokens, index);
        const continues = CONTINUES_AFTER.has(previous.kind) || CONTINUES_BEFORE.has(kind);
        if (begins ? previous.kind !== "{" : !continues) insert("separator");
      }
    }
    if (isOpening(kind)) {
      stack.push({ token, kind, indent, line });
      if (stack.length > NESTING_LIMIT && !tooDeep) {
        tooDeep = true;
        diagnostics.push(diagnose(syntax.tooDeep, place(token), { limit: NESTING_LIMIT }));
      }
      out.push(token);
    } else if (isClosing(kind)) {
      if (guided && kind === "}" && token.first) {
        let report = true;
        for (; stack.length > 1 && token.column < (stack.at(-1)?.indent ?? 0); report = false) {
          close(token, report, false);
        }
      }
      if (partner(stack, kind, guided ? { token, line } : undefined)) {
        let report = true;
        for (; CLOSING[stack.at(-1)?.kind ?? "{"] !== kind; report = false) {
          close(token, report, false);
        }
        const open = stack.pop();
        if (open !== undefined) indent = open.indent;
        out.push(token);
      } else if (!tooDeep) {
        diagnostics.push(diagnose(syntax.strayBracket, place(token), { close: kind }));
      }
    } else {
      out.push(token);
    }
  }
  return { tokens: out, diagnostics, tooDeep };
}

/**
 * True where a closing bracket has a partner: the nearest of its kind, with no open brace between.
 *
 * Guided, a brace that begins its line stands no further right than its partner, one that does not
 * begin its line has its partner on that line, and a brace left open on a line ends with the line.
 */
function partner(
  stack: readonly Open[],
  kind: ClosingBracket,
  guide: { readonly token: Token; readonly line: number } | undefined,
): boolean {
  for (let at = stack.length - 1; at >= 0; at -= 1) {
    const open = stack[at];
    if (open === undefined) return false;
    const here = open.line === guide?.line;
    if (CLOSING[open.kind] === kind) {
      if (guide === undefined) return true;
      if (kind !== "}") return here || at === stack.length - 1;
      return guide.token.first ? guide.token.column <= open.indent : here;
    }
    if (open.kind === "{" && !here) return false;
  }
  return false;
}
