import { invariant } from "../../program/invariant.ts";
import type { Pipeline } from "../../program/pipeline.ts";
import type { DataContext } from "./context.ts";
import type { Rows, TokenRows, TokensRow } from "./rows.ts";

/** Token rows without end, epoch after epoch. */
export interface TokenStream {
  /** Rows of an epoch. */
  readonly length: number;
  readonly first: TokenRows;
  /** The rows from a position on (rows since the beginning of the first epoch). */
  rows(from: number): AsyncIterable<TokensRow>;
}

/** Opens a pipeline of token rows; the row at a position depends on nothing but the position. */
export async function openStream(pipeline: Pipeline, context: DataContext): Promise<TokenStream> {
  const first = tokenRows(await context.rows(pipeline, 0));
  return {
    length: first.length,
    first,
    async *rows(from) {
      for (let epoch = Math.floor(from / first.length); ; epoch += 1) {
        const rows = tokenRows(await context.rows(pipeline, epoch));
        invariant(rows.length === first.length, "every epoch has the same number of rows");
        const begin = Math.max(0, from - epoch * first.length);
        for (let index = begin; index < rows.length; index += 1) yield rows.row(index);
      }
    },
  };
}

function tokenRows(rows: Rows): TokenRows {
  invariant(rows.kind === "tokens", "a model reads tokens");
  return rows;
}
