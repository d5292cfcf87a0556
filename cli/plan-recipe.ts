import type { PhaseBudget, StageBudget } from "../compiler/budget/stage-budget.ts";
import { unknownStage } from "../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../program/diagnostics/define.ts";
import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import { invariant } from "../program/invariant.ts";
import type { ScalarExpression } from "../program/scalar-expression.ts";
import type { StagePlan, TrainPlan } from "../program/stage-plan.ts";
import { type DataContext, openContext } from "../runtime/data/context.ts";
import { measure } from "../runtime/data/measure.ts";
import { surveyDevices } from "../runtime/device/choose.ts";
import type { Outcome } from "../runtime/refusal.ts";
import { type StageStatus, stageStatus } from "../runtime/runs/status.ts";
import { scheduleVariables, stageProgress } from "../runtime/stages/progress.ts";
import { soundData } from "../runtime/stages/sound-data.ts";
import { budgetsOf } from "./budgets.ts";
import type { CheckedRecipe } from "./check-recipe.ts";
import { compilerFor, type TargetDevice } from "./compiler.ts";

export interface PlanRequest {
  readonly target?: "cpu" | "webgpu";
  readonly only?: string;
  readonly runs: string;
}

/** A stage as `plan` shows it; amounts are 0 where the stage has none. */
export interface PlannedStage {
  readonly name: string;
  readonly kind: StagePlan["kind"];
  readonly key: string;
  readonly cached: boolean;
  /** Step of the newest checkpoint of an unfinished run. */
  readonly step: number;
  readonly parameters: number;
  readonly trainable: number;
  /** Of all steps. */
  readonly flops: number;
  readonly tokens: number;
  readonly steps: number;
  readonly peak: PhaseBudget | undefined;
  /** The peak is no bound but what will be used. */
  readonly exact: boolean;
  readonly schedule:
    | {
        readonly expression: ScalarExpression;
        readonly variables: Readonly<Record<string, number>>;
      }
    | undefined;
}

export interface PlannedRecipe {
  readonly target: "cpu" | "webgpu";
  readonly stages: readonly PlannedStage[];
  /** What does not fit into memory, and promises that do not hold. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What a run would do: all rows are counted and all programs compiled, nothing is computed or written. */
export async function planRecipe(
  recipe: CheckedRecipe,
  request: PlanRequest,
): Promise<Outcome<PlannedRecipe>> {
  const elaborated = recipe.checked?.elaborated;
  invariant(elaborated !== undefined, "a recipe without errors was evaluated");
  const { plan } = elaborated;
  const { host } = recipe;
  const { only } = request;
  const known = plan.stages.map(({ address }) => address);
  if (only !== undefined && !known.includes(only)) {
    const facts = { name: only, known };
    return { ok: false, diagnostics: [diagnose(unknownStage, { file: "" }, facts)] };
  }
  const chosen = (address: string) => only === undefined || address === only;
  const statuses = await stageStatus(plan, { host, recipe: recipe.path, runsFolder: request.runs });
  if (!statuses.ok) return statuses;
  const device = await targetDevice(request.target);
  const budgets = budgetsOf(plan, compilerFor(elaborated, device), device, chosen);
  const data = openContext(host);
  const stages: PlannedStage[] = [];
  for (const stage of plan.stages.filter(({ address }) => chosen(address))) {
    const status = statuses.value.find((other) => other.stage === stage.address);
    invariant(status !== undefined, `there is a status of ${stage.address}`);
    const budget = budgets.stages.get(stage.address);
    if (stage.kind !== "train" || budget === undefined) {
      stages.push(plainStage(stage, status));
      continue;
    }
    const planned = await trainStage(stage, status, budget, data);
    if (!planned.ok) return planned;
    stages.push({ ...planned.value, exact: device.target === "webgpu" });
  }
  const { diagnostics } = budgets;
  return { ok: true, value: { target: device.target, stages, diagnostics } };
}

function plainStage(stage: StagePlan, status: StageStatus): PlannedStage {
  return {
    name: stage.address,
    kind: stage.kind,
    key: status.key,
    cached: status.cached,
    step: status.step ?? 0,
    parameters: 0,
    trainable: 0,
    flops: 0,
    tokens: 0,
    steps: 0,
    peak: undefined,
    exact: false,
    schedule: undefined,
  };
}

async function trainStage(
  stage: TrainPlan,
  status: StageStatus,
  budget: StageBudget,
  data: DataContext,
): Promise<Outcome<PlannedStage>> {
  const measured = await measure(stage.data, data);
  if (!measured.ok) return measured;
  const sound = await soundData(stage, data);
  if (!sound.ok) return sound;
  const progress = stageProgress(stage, measured.value.rows);
  const { learningRate: expression } = stage;
  const planned: PlannedStage = {
    ...plainStage(stage, status),
    parameters: stage.model.parameterCount,
    trainable: stage.model.trainableCount,
    flops: budget.stepFlops * progress.length,
    tokens: progress.tokens * progress.length,
    steps: progress.length,
    peak: budget.peak,
    schedule:
      expression === undefined
        ? undefined
        : { expression, variables: scheduleVariables(progress, 0) },
  };
  return { ok: true, value: planned };
}

/** The target that a run would choose, with the facts of the adapter that is there. */
async function targetDevice(target: "cpu" | "webgpu" | undefined): Promise<TargetDevice> {
  if (target === "cpu") return { target, facts: {} };
  const survey = await surveyDevices();
  if ((target ?? survey.chosen) === "cpu") return { target: "cpu", facts: {} };
  const adapter = survey.adapters.find(({ software }) => !software) ?? survey.adapters[0];
  return { target: "webgpu", facts: adapter?.facts ?? {} };
}
