/** The lines of a text with their offsets; `\n`, `\r\n` and a lone `\r` end a line. */
export interface SourceLines {
  readonly lines: readonly string[];
  /** Offset of the first character of each line. */
  readonly starts: readonly number[];
}

export interface LinePosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column: number;
}

export function splitLines(text: string): SourceLines {
  const lines: string[] = [];
  const starts: number[] = [];
  let start = 0;
  for (const end of text.matchAll(/\r\n|\n|\r/g)) {
    lines.push(text.slice(start, end.index));
    starts.push(start);
    start = end.index + end[0].length;
  }
  lines.push(text.slice(start));
  starts.push(start);
  return { lines, starts };
}

/** The place of an offset; one past the end of the text is the end of its last line. */
export function positionOf(source: SourceLines, offset: number): LinePosition {
  let low = 0;
  let high = source.starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((source.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (source.starts[low] ?? 0) + 1 };
}
