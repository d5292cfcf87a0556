import type { CompileOptions } from "../compiler/compile.ts";
import { holds } from "../compiler/elaborate/elaborate.ts";
import { hardwareProfile, profileOf } from "../compiler/kernels/profile.ts";
import { promiseBroken } from "../program/diagnostics/catalogue/budget.ts";
import { unknownStage } from "../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../program/diagnostics/define.ts";
import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import { invariant } from "../program/invariant.ts";
import type { PlainValue } from "../program/pipeline.ts";
import type { ScalarExpression } from "../program/scalar-expression.ts";
import type { ContractPlan, StagePlan } from "../program/stage-plan.ts";
import { openContext } from "../runtime/data/context.ts";
import { measure } from "../runtime/data/measure.ts";
import { surveyDevices } from "../runtime/device/choose.ts";
import type { Outcome } from "../runtime/refusal.ts";
import { type StageStatus, stageStatus } from "../runtime/runs/status.ts";
import {
  type StageProgress,
  scheduleVariables,
  stageProgress,
} from "../runtime/stages/progress.ts";
import { type PhaseBudget, stageBudget } from "./budget.ts";
import type { CheckedRecipe } from "./check-recipe.ts";
import { bytes } from "./terminal/amount.ts";

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
  readonly phases: readonly PhaseBudget[];
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
  readonly inputs: Readonly<Record<string, PlainValue>>;
  /** Promises that do not hold. */
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
  const known = plan.stages.map(({ address }) => address);
  if (request.only !== undefined && !known.includes(request.only)) {
    const facts = { name: request.only, known };
    return { ok: false, diagnostics: [diagnose(unknownStage, { file: "--only" }, facts)] };
  }
  const statuses = await stageStatus(plan, { host, recipe: recipe.path, runsFolder: request.runs });
  if (!statuses.ok) return statuses;
  const options = await compileOptions(request.target);
  const data = openContext(host);
  const stages: PlannedStage[] = [];
  for (const stage of plan.stages) {
    if (request.only !== undefined && stage.address !== request.only) continue;
    const status = statuses.value.find((other) => other.stage === stage.address);
    invariant(status !== undefined, `there is a status of ${stage.address}`);
    if (stage.kind !== "train") {
      stages.push(plainStage(stage, status));
      continue;
    }
    const measured = await measure(stage.data, data);
    if (!measured.ok) return measured;
    const progress = stageProgress(stage, measured.value.rows);
    const budget = stageBudget(elaborated, stage, options);
    stages.push({
      ...plainStage(stage, status),
      parameters: stage.model.parameterCount,
      trainable: stage.model.trainableCount,
      flops: budget.stepFlops * progress.length,
      tokens: progress.tokens * progress.length,
      steps: progress.length,
      peak: budget.peak,
      phases: budget.phases,
      exact: options.target === "webgpu",
      schedule: scheduleOf(stage.learningRate, progress),
    });
  }
  const diagnostics = plan.contracts.flatMap((contract) => brokenPromise(contract, stages));
  return {
    ok: true,
    value: { target: options.target, stages, inputs: plan.inputs, diagnostics },
  };
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
    phases: [],
    exact: false,
    schedule: undefined,
  };
}

function scheduleOf(
  expression: ScalarExpression | undefined,
  progress: StageProgress,
): PlannedStage["schedule"] {
  if (expression === undefined) return undefined;
  return { expression, variables: scheduleVariables(progress, 0) };
}

/** The target that a run would choose, with the profile of the adapter that is there. */
async function compileOptions(target: "cpu" | "webgpu" | undefined): Promise<CompileOptions> {
  if (target === "cpu") return { target };
  const survey = await surveyDevices();
  if ((target ?? survey.chosen) === "cpu") return { target: "cpu" };
  const adapter = survey.adapters.find(({ software }) => !software) ?? survey.adapters[0];
  const profile = adapter === undefined ? hardwareProfile() : profileOf(adapter.facts);
  return { target: "webgpu", profile };
}

function brokenPromise(
  contract: ContractPlan,
  stages: readonly PlannedStage[],
): readonly Diagnostic[] {
  if (contract.kind !== "peak_memory") return [];
  const peak = stages.find(({ name }) => name === contract.stage)?.peak;
  if (peak === undefined || holds(peak.bytes, contract.operator, contract.limit)) return [];
  const facts = { text: contract.text, found: bytes(peak.bytes), phase: peak.name };
  return [diagnose(promiseBroken, contract.place, facts)];
}
