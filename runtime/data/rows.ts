import type { TextTokenizer } from "../text/tokenizer.ts";

/** What reaches a model of one row; all arrays have one entry a token (see `Tokens` in the prelude). */
export interface TokensRow {
  readonly id: Int32Array;
  readonly position: Int32Array;
  readonly segment: Int32Array;
  readonly weight: Float32Array;
  readonly step: Int32Array;
  readonly real: Int32Array;
}

/** Pieces of text, in order. */
export interface Documents {
  readonly kind: "documents";
  readonly length: number;
  /** UTF-8 bytes of all rows. */
  readonly bytes: number;
  row(index: number): string;
}

/** Token rows, in order. */
export interface TokenRows {
  readonly kind: "tokens";
  readonly length: number;
  readonly tokenizer: TextTokenizer;
  /** Tokens of every row, where all have the same number. */
  readonly rowTokens: number | undefined;
  /** Tokens of all rows. */
  readonly tokens: number;
  /** Tokens that were left over when rows were cut. */
  readonly dropped: number;
  row(index: number): TokensRow;
}

export type Rows = Documents | TokenRows;

/** The rows at the given places of others, in that order. */
export function selectRows(rows: Rows, places: ArrayLike<number>): Rows {
  const place = (index: number): number => places[index] ?? 0;
  if (rows.kind === "documents") {
    const utf8 = new TextEncoder();
    let bytes = 0;
    for (let index = 0; index < places.length; index += 1) {
      bytes += utf8.encode(rows.row(place(index))).length;
    }
    return {
      kind: "documents",
      length: places.length,
      bytes,
      row: (index) => rows.row(place(index)),
    };
  }
  let tokens = 0;
  for (let index = 0; index < places.length; index += 1) {
    tokens += rows.rowTokens ?? rows.row(place(index)).id.length;
  }
  return { ...rows, length: places.length, tokens, row: (index) => rows.row(place(index)) };
}
