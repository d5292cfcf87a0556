import { type StageBudget, stageBudget } from "../compiler/budget/stage-budget.ts";
import { holds } from "../compiler/elaborate/elaborate.ts";
import type { Compiler } from "../program/compile-request.ts";
import { promiseBroken } from "../program/diagnostics/catalogue/budget.ts";
import { diagnose } from "../program/diagnostics/define.ts";
import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import type { ContractPlan, RecipePlan } from "../program/stage-plan.ts";
import type { TargetDevice } from "./compiler.ts";
import { memoryLimits, memoryProblems } from "./memory.ts";
import { bytes } from "./terminal/amount.ts";

export interface Budgets {
  readonly stages: ReadonlyMap<string, StageBudget>;
  /** Stages that do not fit, and promises about memory that do not hold. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Budgets of the training stages that `wanted` chooses, and of those that the recipe promises about. */
export function budgetsOf(
  plan: RecipePlan,
  compiler: Compiler,
  device: TargetDevice,
  wanted: (address: string) => boolean,
): Budgets {
  const limits = memoryLimits(device);
  const promises = plan.contracts.filter(({ kind }) => kind === "peak_memory");
  const promised = new Set(promises.map(({ stage }) => stage));
  const stages = new Map<string, StageBudget>();
  const diagnostics: Diagnostic[] = [];
  for (const stage of plan.stages) {
    const { address } = stage;
    if (stage.kind !== "train" || !(wanted(address) || promised.has(address))) continue;
    const budget = stageBudget(stage, compiler.compile);
    stages.set(address, budget);
    if (wanted(address)) diagnostics.push(...memoryProblems(stage, budget, limits));
  }
  for (const promise of promises) diagnostics.push(...brokenPromise(promise, stages));
  return { stages, diagnostics };
}

function brokenPromise(
  contract: ContractPlan,
  stages: ReadonlyMap<string, StageBudget>,
): readonly Diagnostic[] {
  const peak = stages.get(contract.stage)?.peak;
  if (peak === undefined || holds(peak.bytes, contract.operator, contract.limit)) return [];
  const facts = { text: contract.text, found: bytes(peak.bytes), phase: peak.name };
  return [diagnose(promiseBroken, contract.place, facts)];
}
