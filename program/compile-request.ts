import type { Executable } from "./executable.ts";

/**
 * What the runtime asks of the compiler, through the callback that the composer gives it. Names of
 * states, data and outputs below are the contract between the programs and the loops that run them.
 *
 * `initialise`: values of every state of the stage, in f64 rounded once to f32: parameters
 * (`parameter:PATH`) and optimizer states (`optimizer:PATH:FIELD`).
 *
 * `train`: one optimizer step. data: `tokens.id`, `tokens.position`, `tokens.segment`, `tokens.step`,
 * `tokens.real` (i32) and `tokens.weight` (f32), each [micro, batch, time]. Variables: `step` (from 0),
 * `length`, `epoch`, `tokens`. Outputs: `loss`, `gradient_norm`, `count` (rank 0).
 *
 * `measure`: a metric's function over one batch [batch, time] of data named as above without `micro`;
 * output `value` [batch, time].
 *
 * `decode`: a chunk of `chunk` positions for `rows` rows. data: `tokens.*` [batch, time] (real = 0 pads
 * the tail), `chance` [batch]; variables `temperature`. Outputs `token` [batch] (i32) of the last real
 * position. Caches are states named `cache:…`; `write` says how many positions each row has (`cache:position`).
 */
export type CompileRequest =
  | { readonly kind: "initialise"; readonly stage: string; readonly seed: number }
  | {
      readonly kind: "train";
      readonly stage: string;
      readonly rows: number;
      readonly time: number;
      readonly microBatches: number;
    }
  | {
      readonly kind: "measure";
      readonly stage: string;
      readonly function: string;
      readonly rows: number;
      readonly time: number;
    }
  | {
      readonly kind: "decode";
      readonly stage: string;
      readonly function: string;
      readonly rows: number;
      readonly chunk: number;
      readonly capacity: number;
    };

export interface InitialState {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export type Compile = (request: Exclude<CompileRequest, { kind: "initialise" }>) => Executable;

export type Initialise = (
  request: Extract<CompileRequest, { kind: "initialise" }>,
) => readonly InitialState[];

/** What the composer gives to the runtime. */
export interface Compiler {
  readonly compile: Compile;
  readonly initialise: Initialise;
}
