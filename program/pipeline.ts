import type { Place } from "./diagnostics/diagnostic.ts";

/** A plain value that a recipe gave as a setting, evaluated. */
export type PlainValue =
  | number
  | string
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };

/**
 * A lazy pipeline of rows: a row of the table of data functions (`source` in the prelude) with its
 * inputs and settings. Two pipelines are the same data if they are equal without their places.
 */
export interface Pipeline {
  /** Name of the row: `text`, `split`, `tokenize`, `chunks`, `shuffle`, `take`. */
  readonly source: string;
  readonly inputs: readonly Pipeline[];
  readonly tokenizers: readonly TokenizerPlan[];
  /** Evaluated settings; quantities are plain numbers in their unit. Paths are resolved. */
  readonly settings: Readonly<Record<string, PlainValue>>;
  /** For functions that give a record of data (`split`): which one (`train`, `held_out`). */
  readonly part: string | undefined;
  readonly place: Place;
}

/** A tokenizer that is learnt from data, by the row of that name in the table of tokenizers. */
export interface TokenizerPlan {
  readonly tokenizer: string;
  readonly data: Pipeline;
  readonly settings: Readonly<Record<string, PlainValue>>;
  readonly place: Place;
}
