import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";

/** What a run tells while it goes on, in the form that `levain run --json` prints; steps count from 1. */
export type RunEvent =
  | {
      readonly event: "stage-start";
      readonly stage: string;
      readonly kind: string;
      readonly folder: string;
      /** 0 for a stage that has no steps. */
      readonly steps: number;
      /** Steps that are done already, in a run that goes on. */
      readonly from_step: number;
      readonly parameters: number;
      readonly tokens_per_step: number;
    }
  | StepEvent
  | {
      readonly event: "measure";
      readonly stage: string;
      readonly step: number;
      readonly name: string;
      readonly value: number;
    }
  | {
      readonly event: "sample";
      readonly stage: string;
      readonly step: number;
      readonly prompt: string;
      readonly text: string;
    }
  | { readonly event: "checkpoint"; readonly stage: string; readonly step: number }
  /** The result was there; nothing was run. */
  | { readonly event: "cached"; readonly stage: string; readonly folder: string }
  | { readonly event: "done"; readonly stage: string; readonly folder: string }
  /** The last event of a run that was asked to stop; a checkpoint of this step is there. */
  | { readonly event: "interrupted"; readonly stage: string; readonly step: number }
  /** The last event of a run that could not go on. */
  | { readonly event: "refused"; readonly diagnostics: readonly Diagnostic[] };

export interface StepEvent {
  readonly event: "step";
  readonly stage: string;
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly learning_rate: number | undefined;
  readonly tokens_per_second: number;
  /** Before clipping. */
  readonly gradient_norm: number;
  /** What the loss was divided by; 0 in a step from which nothing was learnt. */
  readonly count: number;
  /** Of training, since the run was begun; measuring and saving not counted. */
  readonly seconds: number;
}
