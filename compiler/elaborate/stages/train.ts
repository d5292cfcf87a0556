import { smallVocabulary, unevenBatch } from "../../../program/diagnostics/catalogue/budget.ts";
import type { Pipeline, TokenizerPlan } from "../../../program/pipeline.ts";
import type { TrainPlan } from "../../../program/stage-plan.ts";
import { siteOf } from "../bind-parameters.ts";
import { rowTokensOf } from "../data.ts";
import { canonicalTexts } from "../key.ts";
import { learningRateOf } from "../learning-rate.ts";
import { placeModel } from "../place-model.ts";
import type { RowCall } from "../rows.ts";
import type { TrainStage } from "../stage.ts";
import { NONE, UNKNOWN, type Value } from "../value.ts";
import { placeOf, refuse, report, type World } from "../world.ts";
import { evaluateEvery } from "./every.ts";
import { extentOf } from "./extent.ts";

/** `train(model) { … }`: the plan of the stage, and what its programs are built from. */
export function trainStage(world: World, call: RowCall): Value {
  const { site } = call;
  for (const value of call.values.values()) if (value.kind === "unknown") return UNKNOWN;
  const argument = (name: string): Value => call.values.get(name) ?? NONE;
  const instance = argument("model");
  // A stage's result has values of its own, which no program here would read.
  if (instance.kind !== "instance") {
    return refuse(world, site, "a model that starts from its initialisers", instance);
  }
  const data = argument("data");
  if (data.kind !== "pipeline") return refuse(world, site, "data", data);
  const optimizer = argument("optimizer");
  if (optimizer.kind !== "record") return refuse(world, site, "an optimizer", optimizer);
  const rowTokens = rowTokensOf(data.pipeline);
  if (rowTokens === undefined) {
    return refuse(world, site, "data whose rows have a fixed number of tokens (`chunks`)", data);
  }
  const refused = (name: string, what: string): Value =>
    refuse(world, siteOf(call, name), `${what} for \`${name}\``, argument(name));
  const atLeastOne = "a whole number of at least 1";
  const batchRows = count(argument("batch"));
  if (batchRows === undefined) return refused("batch", atLeastOne);
  const duration = extentOf(argument("duration"));
  if (duration === undefined) return refused("duration", "more than 0");
  const given = argument("micro_batch");
  const microBatchRows = given.kind === "none" ? batchRows : count(given);
  if (microBatchRows === undefined) return refused("micro_batch", atLeastOne);
  if (batchRows % microBatchRows !== 0) {
    const facts = { batch: batchRows, microBatch: microBatchRows };
    return report(world, unevenBatch, siteOf(call, "micro_batch"), facts);
  }
  const checkpointEvery = count(argument("checkpoint"));
  if (checkpointEvery === undefined) return refused("checkpoint", atLeastOne);
  const clip = argument("clip");
  if (clip.kind === "number" && clip.value <= 0) return refused("clip", "more than 0, or none,");
  const model = placeModel(world, site, instance);
  if (model === undefined) return UNKNOWN;
  const tokenizer = tokenizerOf(data.pipeline);
  const tokens = tokenizer?.settings["size"];
  const { vocabulary } = model.plan;
  if (typeof tokens === "number" && vocabulary !== undefined && vocabulary < tokens) {
    return report(world, smallVocabulary, siteOf(call, "model"), { vocabulary, tokens });
  }
  const every = evaluateEvery(world, site, argument("every"));
  const recompute = argument("recompute");
  const learningRate = learningRateOf(world, site, optimizer);
  const plan: TrainPlan = {
    kind: "train",
    address: world.address.join("."),
    // Checking asks for no key, and the text of all code that a stage depends on is long.
    get keyMaterial() {
      return keyMaterial(world, call);
    },
    place: placeOf(site),
    reads: [],
    model: model.plan,
    data: data.pipeline,
    tokenizer,
    batchRows,
    microBatchRows,
    rowTokens,
    duration,
    clip: clip.kind === "number" ? clip.value : undefined,
    seed: wholeNumber(argument("seed")),
    checkpointEvery,
    every: every.plans,
    get learningRate() {
      return learningRate();
    },
    objective: nameOf(argument("objective")),
  };
  const stage: TrainStage = {
    kind: "train",
    plan,
    site,
    model,
    objective: argument("objective"),
    optimizer,
    recompute: recompute.kind === "boolean" && recompute.value,
    measured: every.measured,
    sampled: every.sampled,
  };
  world.stages.push(stage);
  return { kind: "stage", stage };
}

function keyMaterial(world: World, call: RowCall): string {
  const canonical = canonicalTexts(world);
  const settings = [...call.values].map(([name, value]) => `${name}: ${canonical.text(value)}`);
  return ["train", ...settings, canonical.definitions()].join("\n");
}

function count(value: Value): number | undefined {
  return value.kind === "number" && Number.isInteger(value.value) && value.value >= 1
    ? value.value
    : undefined;
}

function wholeNumber(value: Value): number {
  return value.kind === "number" ? Math.trunc(value.value) : 0;
}

function tokenizerOf(pipeline: Pipeline): TokenizerPlan | undefined {
  const [own] = pipeline.tokenizers;
  const [input] = pipeline.inputs;
  return own ?? (input && tokenizerOf(input));
}

function nameOf(value: Value): string {
  return value.kind === "function" ? (value.item.name?.text ?? "objective") : "objective";
}
