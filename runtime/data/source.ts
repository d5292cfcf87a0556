import type { Place } from "../../program/diagnostics/diagnostic.ts";
import type { Pipeline, TokenizerPlan } from "../../program/pipeline.ts";
import type { TextTokenizer } from "../text/tokenizer.ts";
import type { Rows } from "./rows.ts";

/** What a row of the table of data functions may use of the outside. */
export interface SourceContext {
  /** The bytes of a data file that is there and not empty; its digest is kept for the manifest. */
  file(path: string, place: Place): Promise<Uint8Array>;
  rows(pipeline: Pipeline, epoch: number): Promise<Rows>;
  tokenizer(plan: TokenizerPlan): Promise<TextTokenizer>;
}

/** One row of the table of data functions (`source` in the prelude). */
export interface DataSource {
  /** The rows of an epoch, a pure function of the pipeline, the files' contents and the epoch. */
  open(pipeline: Pipeline, context: SourceContext, epoch: number): Promise<Rows>;
  /** Whether its own order differs between epochs, or whether it has one order whatever it reads. */
  readonly order: "of its input" | "of the epoch" | "fixed";
}

/** One row of the table of tokenizers (`tokenizer` in the prelude). */
export interface TokenizerSource {
  learn(plan: TokenizerPlan, context: SourceContext): Promise<TextTokenizer>;
}
