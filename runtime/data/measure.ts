import type { Pipeline } from "../../program/pipeline.ts";
import type { Outcome } from "../refusal.ts";
import { outcome } from "../refusal.ts";
import type { DataContext } from "./context.ts";

/** What the rows of one epoch are, counted. */
export interface Measured {
  readonly rows: number;
  /** 0 for rows of text. */
  readonly tokens: number;
  /** UTF-8 bytes, of token rows those that their tokens stand for. */
  readonly bytes: number;
  /** Tokens left over where rows were cut. */
  readonly dropped: number;
}

/** Reads all rows of an epoch and counts them; what is wrong with the data is found here. */
export function measure(pipeline: Pipeline, context: DataContext): Promise<Outcome<Measured>> {
  return outcome(async () => {
    const rows = await context.rows(pipeline, 0);
    if (rows.kind === "documents") {
      return { rows: rows.length, tokens: 0, bytes: rows.bytes, dropped: 0 };
    }
    const lengths = Int32Array.from(rows.tokenizer.tokens, (token) => token.length);
    let bytes = 0;
    for (let index = 0; index < rows.length; index += 1) {
      for (const id of rows.row(index).id) bytes += lengths[id] ?? 0;
    }
    return { rows: rows.length, tokens: rows.tokens, bytes, dropped: rows.dropped };
  });
}
