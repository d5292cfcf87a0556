import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import type { Axis } from "../operations/tensor.ts";
import type { Elaborated } from "./elaborate.ts";
import { leakDiagnostics } from "./findings.ts";
import { nowRecord } from "./learning-rate.ts";
import { causalityOf, tracedLogits } from "./programs/decode.ts";
import { callWithModel, tracedLoss } from "./programs/objective.ts";
import { optimizerUpdate } from "./programs/optimizer.ts";
import { stateReader } from "./programs/reader.ts";
import { tokenInputs, tokensRecord } from "./programs/tokens.ts";
import { type TrainStage, trainStages } from "./stage.ts";
import { requireLogits } from "./stages/every.ts";
import type { World } from "./world.ts";

/**
 * Traces what a recipe's stages will run, for one small batch and without derivatives: sizes that do
 * not fit inside a model, weights that read it, and models that cannot be sampled are found here.
 */
export function traceStages(elaborated: Elaborated): readonly Diagnostic[] {
  const { world } = elaborated;
  const first = world.diagnostics.length;
  const found: Diagnostic[] = [];
  for (const stage of trainStages(elaborated.stages)) {
    const batch = world.builder.axis("batch", 2);
    const time = world.builder.axis("time", stage.plan.rowTokens);
    world.known = new Map();
    const asked = stage.plan.every.some((every) => every.samples.length > 0);
    if (tracePrograms(world, stage, batch, time) && asked) {
      found.push(...findingsOf(world, stage, batch, time));
    }
    world.known = undefined;
  }
  return [...world.diagnostics.slice(first), ...found];
}

function tracePrograms(world: World, stage: TrainStage, batch: Axis, time: Axis): boolean {
  const before = world.diagnostics.length;
  world.parameters = stateReader(world, stage.model);
  world.time = time;
  const data = tokensRecord(world, tokenInputs(world, [batch, time]));
  tracedLoss(world, stage.site, stage.objective, stage.model.instance, data);
  for (const { metric } of stage.measured) {
    callWithModel(world, stage.site, metric.measured, stage.model.instance, data);
  }
  traceOptimizer(world, stage);
  world.parameters = undefined;
  world.time = undefined;
  return world.diagnostics.length === before;
}

/** A step of the optimizer on one matrix and on one vector, as a gradient the value itself. */
function traceOptimizer(world: World, stage: TrainStage): void {
  const { parameters } = stage.model;
  const matrix = parameters.find(({ parameter }) => parameter.sides !== undefined);
  const vector = parameters.find(({ parameter }) => parameter.sides === undefined);
  const traced = [matrix, vector].filter((one) => one !== undefined);
  const values = traced.map(({ parameter }) => world.parameters?.read(parameter));
  const nodes = values.filter((node) => node !== undefined);
  optimizerUpdate(world, stage, traced, nodes, nodes, nowRecord(world));
}

/** Why a stage's model cannot be sampled; empty where it can. */
export function samplingFindings(elaborated: Elaborated, stage: TrainStage): readonly Diagnostic[] {
  const { world } = elaborated;
  const batch = world.builder.axis("batch", 2);
  const time = world.builder.axis("time", stage.plan.rowTokens);
  const first = world.diagnostics.length;
  const found = findingsOf(world, stage, batch, time);
  return [...world.diagnostics.slice(first), ...found];
}

function findingsOf(
  world: World,
  stage: TrainStage,
  batch: Axis,
  time: Axis,
): readonly Diagnostic[] {
  const { instance } = stage.model;
  const name = instance.item.name.text;
  const has = instance.scope.names.get("logits")?.kind === "function";
  if (!requireLogits(world, stage.site, name, has)) return [];
  const traced = tracedLogits(world, stage, batch, time);
  if (traced === undefined) return [];
  const place = stage.plan.every.flatMap((every) => every.samples)[0]?.place ?? stage.plan.place;
  return leakDiagnostics(world, causalityOf(world, traced).leaks, place);
}
