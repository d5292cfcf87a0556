import { InternalError, unreachable } from "../../program/invariant.ts";
import type { Extent, TrainPlan } from "../../program/stage-plan.ts";

/** The length of a stage, derived once from the rows that were counted. */
export interface StageProgress {
  /** Steps of the stage. */
  readonly length: number;
  /** Steps of one epoch; not a whole number where the last batch of an epoch begins the next. */
  readonly epoch: number;
  /** Tokens of one step. */
  readonly tokens: number;
}

/** The variables of a schedule in a step, counted from 0. */
export interface ScheduleVariables extends StageProgress {
  readonly step: number;
  readonly [name: string]: number;
}

/** What `rows` rows of an epoch make of a training stage. */
export function stageProgress(plan: TrainPlan, rows: number): StageProgress {
  const steps = { epoch: rows / plan.batchRows, tokens: plan.batchRows * plan.rowTokens };
  return { length: extentSteps(plan.duration, { ...steps, length: 0 }), ...steps };
}

/** An extent as whole steps, at least one. */
export function extentSteps(extent: Extent, progress: StageProgress): number {
  return Math.max(1, Math.round(exactSteps(extent, progress)));
}

function exactSteps({ unit, amount }: Extent, progress: StageProgress): number {
  switch (unit) {
    case "steps":
      return amount;
    case "epochs":
      return amount * progress.epoch;
    case "tokens":
      return amount / progress.tokens;
    case "share":
      return amount * progress.length;
    case "rounds":
      throw new InternalError("a training stage has no rounds");
    default:
      return unreachable(unit);
  }
}

export function scheduleVariables(progress: StageProgress, step: number): ScheduleVariables {
  return { ...progress, step };
}
