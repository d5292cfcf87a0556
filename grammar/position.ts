import type { Span } from "./tree.ts";

/** Line and column from 1; the column counts UTF-16 code units. */
export interface LineAndColumn {
  readonly line: number;
  readonly column: number;
}

/** Where an offset is; `\n`, `\r\n` and a lone `\r` end a line. */
export function lineAndColumn(text: string, offset: number): LineAndColumn {
  const end = Math.max(0, Math.min(offset, text.length));
  let line = 1;
  let start = 0;
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) {
      line += 1;
      start = at + 1;
    }
  }
  return { line, column: end - start + 1 };
}

/** The source text of a node. */
export function spanText(text: string, span: Span): string {
  return text.slice(span.start, span.end);
}
