import { stageNotFinished, unknownStage } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import { invariant } from "../../program/invariant.ts";
import type { RecipePlan, StagePlan } from "../../program/stage-plan.ts";
import { openContext } from "../data/context.ts";
import { nodeDisk } from "../host/disk.ts";
import { Refusal, refuse } from "../refusal.ts";
import { stageFolder, stageKey } from "../runs/folder.ts";
import type { RunContext, RunOptions } from "./context.ts";
import type { RunEvent } from "./events.ts";
import { exportStage } from "./export.ts";
import { train } from "./train.ts";

/**
 * Runs the stages of a recipe in order; those whose results are there are left alone. What the user
 * has to know of a failure is the last event; exceptions are bugs.
 */
export async function* runStages(
  plan: RecipePlan,
  options: RunOptions,
): AsyncGenerator<RunEvent, void, undefined> {
  try {
    const context = await openRunContext(plan, options);
    const stages = chosenStages(plan, options.only);
    const waiting: StagePlan[] = [];
    for (const stage of stages) {
      if (await isCached(stage, context)) {
        yield { event: "cached", stage: stage.address, folder: context.folderOf(stage.address) };
      } else {
        waiting.push(stage);
      }
    }
    for (const stage of waiting) {
      await assertInputs(stage, waiting, context);
      await prepareStage(stage, context);
    }
    for (const stage of waiting) {
      if (!(yield* runStage(stage, context))) return;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    yield { event: "refused", diagnostics: error.diagnostics };
  }
}

/** What all stages of a run share; the keys are hashed once. */
export async function openRunContext(plan: RecipePlan, options: RunOptions): Promise<RunContext> {
  const keys = new Map<string, string>();
  for (const stage of plan.stages) keys.set(stage.address, await stageKey(stage, options.host));
  const keyOf = (address: string): string => {
    const key = keys.get(address);
    invariant(key !== undefined, `there is a stage ${address}`);
    return key;
  };
  return {
    plan,
    options,
    disk: options.disk ?? nodeDisk,
    data: openContext(options.host),
    clock: options.clock ?? (() => performance.now()),
    keyOf,
    folderOf(address) {
      const stage = plan.stages.find((other) => other.address === address);
      invariant(stage !== undefined, `there is a stage ${address}`);
      return stageFolder(options.runsFolder, options.recipe, stage, keyOf(address));
    },
  };
}

function chosenStages(plan: RecipePlan, only: string | undefined): readonly StagePlan[] {
  if (only === undefined) return plan.stages;
  const stage = plan.stages.find(({ address }) => address === only);
  if (stage !== undefined) return [stage];
  const known = plan.stages.map(({ address }) => address);
  return refuse(diagnose(unknownStage, { file: "--only" }, { name: only, known }));
}

/** What a stage reads is there, or is run before it. */
async function assertInputs(
  stage: StagePlan,
  waiting: readonly StagePlan[],
  context: RunContext,
): Promise<void> {
  for (const needed of stage.reads) {
    if (waiting.some(({ address }) => address === needed)) continue;
    const other = context.plan.stages.find(({ address }) => address === needed);
    if (other !== undefined && (await isCached(other, context))) continue;
    refuse(diagnose(stageNotFinished, stage.place, { stage: stage.address, needed }));
  }
}

/** The table of stage kinds, one file each. */
export function isCached(stage: StagePlan, context: RunContext): Promise<boolean> {
  switch (stage.kind) {
    case "train":
      return train.cached(stage, context);
    case "export":
      return exportStage.cached(stage, context);
  }
}

function prepareStage(stage: StagePlan, context: RunContext): Promise<void> {
  switch (stage.kind) {
    case "train":
      return train.prepare(stage, context);
    case "export":
      return exportStage.prepare(stage, context);
  }
}

function runStage(
  stage: StagePlan,
  context: RunContext,
): AsyncGenerator<RunEvent, boolean, undefined> {
  switch (stage.kind) {
    case "train":
      return train.run(stage, context);
    case "export":
      return exportStage.run(stage, context);
  }
}
