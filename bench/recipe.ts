import { readFileSync } from "node:fs";
import type { Elaborated } from "../compiler/elaborate/elaborate.ts";
import { checkProgram } from "../compiler/index.ts";
import type { TrainPlan } from "../program/stage-plan.ts";
import { factsOf } from "./facts.ts";
import { root } from "./machine.ts";

export const quickstartPath = `${root}recipes/quickstart.recipe`;

export interface CheckedStage {
  readonly elaborated: Elaborated;
  /** The first training stage. */
  readonly stage: TrainPlan;
}

/** The quickstart, changed as asked before it is checked. */
export async function quickstartRecipe(
  change: (text: string) => string = (text) => text,
): Promise<CheckedStage> {
  const text = change(readFileSync(quickstartPath, "utf8"));
  const facts = await factsOf(quickstartPath, text);
  const { diagnostics, elaborated } = checkProgram(quickstartPath, facts);
  const stage = elaborated?.plan.stages.find((one) => one.kind === "train");
  if (elaborated === undefined || stage?.kind !== "train") {
    throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  }
  return { elaborated, stage };
}

/** What the runtime asks for when it trains the stage. */
export function trainRequest(stage: TrainPlan) {
  const { address, microBatchRows: rows, rowTokens: time, batchRows } = stage;
  return { kind: "train", stage: address, rows, time, microBatches: batchRows / rows } as const;
}
