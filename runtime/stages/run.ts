import { stageNotFinished, unknownStage } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import { invariant } from "../../program/invariant.ts";
import type { RecipePlan, StagePlan } from "../../program/stage-plan.ts";
import { openContext } from "../data/context.ts";
import { nodeDisk } from "../host/disk.ts";
import { Refusal, refuse } from "../refusal.ts";
import { stageFolder, stageKey } from "../runs/folder.ts";
import type { RunContext, RunOptions, StageKind } from "./context.ts";
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
      const { cached, folder } = bound(stage, context);
      if (await cached()) {
        yield { event: "cached", stage: stage.address, folder };
      } else {
        waiting.push(stage);
      }
    }
    for (const stage of waiting) {
      await assertInputs(stage, waiting, context);
      await bound(stage, context).prepare();
    }
    for (const stage of waiting) {
      if (!(yield* bound(stage, context).run())) return;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    yield { event: "refused", diagnostics: error.diagnostics };
  }
}

/** What all stages of a run share; the keys are hashed once. */
async function openRunContext(plan: RecipePlan, options: RunOptions): Promise<RunContext> {
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
    if (other !== undefined && (await bound(other, context).cached())) continue;
    refuse(diagnose(stageNotFinished, stage.place, { stage: stage.address, needed }));
  }
}

type Kind = StagePlan["kind"];
type PlanOf<Name extends Kind> = Extract<StagePlan, { kind: Name }>;

/** The names that bodies `= stage "…"` of the library have, and what implements them. */
const kinds: { readonly [Name in Kind]: StageKind<PlanOf<Name>> } = { train, export: exportStage };

export const stageKindNames = Object.keys(kinds) as readonly Kind[];

/** The row of a stage's kind, bound to the stage. */
function bound(stage: StagePlan, context: RunContext) {
  const bind = <Plan extends StagePlan>(kind: StageKind<Plan>, plan: Plan) => ({
    folder: kind.resultFolder(plan, context),
    cached: () => kind.cached(plan, context),
    prepare: () => kind.prepare(plan, context),
    run: () => kind.run(plan, context),
  });
  switch (stage.kind) {
    case "train":
      return bind(kinds.train, stage);
    case "export":
      return bind(kinds.export, stage);
  }
}
