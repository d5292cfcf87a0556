import { unionAxes } from "../operations/shape.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import type { Elaborated } from "./elaborate.ts";
import { leakDiagnostics } from "./findings.ts";
import { member } from "./members.ts";
import { causalityOf, tracedLogits } from "./programs/decode.ts";
import { callWithModel, tracedLoss } from "./programs/objective.ts";
import { stateReader } from "./programs/reader.ts";
import { tokenInputs, tokensRecord } from "./programs/tokens.ts";
import { requireLogits } from "./stages/every.ts";
import { type TrainStage, trainStages } from "./stage.ts";

/**
 * Traces what a recipe's stages will run, for one small batch and without derivatives: sizes that do
 * not fit inside a model, weights that read it, and models that cannot be sampled are found here.
 */
export function traceStages(elaborated: Elaborated): readonly Diagnostic[] {
  const { world } = elaborated;
  const first = world.diagnostics.length;
  const found: Diagnostic[] = [];
  for (const stage of trainStages(elaborated.stages)) {
    if (!tracePrograms(elaborated, stage)) continue;
    const asked = stage.plan.every.flatMap((every) => every.samples)[0];
    if (asked !== undefined) found.push(...samplingFindings(elaborated, stage));
  }
  return [...world.diagnostics.slice(first), ...found];
}

function tracePrograms(elaborated: Elaborated, stage: TrainStage): boolean {
  const { world } = elaborated;
  const before = world.diagnostics.length;
  const { builder } = world;
  const batch = builder.axis("batch", 2);
  const time = builder.axis("time", stage.plan.rowTokens);
  world.parameters = stateReader(world, stage.model);
  world.time = time;
  const data = tokensRecord(world, tokenInputs(world, unionAxes([batch, time])));
  tracedLoss(world, stage.site, stage.objective, stage.model.instance, data);
  for (const { metric } of stage.measured) {
    callWithModel(world, stage.site, metric.measured, stage.model.instance, data);
  }
  world.parameters = undefined;
  world.time = undefined;
  return world.diagnostics.length === before;
}

/** Why a stage's model cannot be sampled; empty where it can. */
export function samplingFindings(elaborated: Elaborated, stage: TrainStage): readonly Diagnostic[] {
  const { world } = elaborated;
  const { instance } = stage.model;
  const name = instance.item.name.text;
  const before = world.diagnostics.length;
  const has = instance.scope.names.get("logits")?.kind === "function";
  if (!requireLogits(world, stage.site, name, has)) return world.diagnostics.slice(before);
  const callee = member(world, stage.site, instance, "logits");
  const traced =
    callee.kind === "unknown"
      ? undefined
      : tracedLogits(world, stage, 2, stage.plan.rowTokens);
  if (traced === undefined) return world.diagnostics.slice(before);
  const place = stage.plan.every.flatMap((every) => every.samples)[0]?.place ?? stage.plan.place;
  return leakDiagnostics(world, causalityOf(world, traced).leaks, place);
}
