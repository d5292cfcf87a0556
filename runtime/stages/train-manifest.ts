import { dirname, relative, resolve, sep } from "node:path";
import { invariant } from "../../program/invariant.ts";
import type { Pipeline, PlainValue } from "../../program/pipeline.ts";
import type { Extent, TrainPlan } from "../../program/stage-plan.ts";
import { measure } from "../data/measure.ts";
import type { Facts } from "../device/device.ts";
import type { Manifest } from "../runs/manifest.ts";
import type { StoredSources } from "../runs/sources.ts";
import { hashSources } from "../runs/sources.ts";
import type { RunContext } from "./context.ts";

/** The manifest of a training stage that is about to begin. */
export async function trainManifest(
  plan: TrainPlan,
  context: RunContext,
  sources: StoredSources,
  program: Facts,
): Promise<Manifest> {
  const { options, data } = context;
  const measured = await measure(plan.data, data);
  invariant(measured.ok, "the data were read before");
  const pipelines = [plan.data, ...plan.every.flatMap(({ metrics }) => metrics.map((m) => m.data))];
  const paths = [...new Set(pipelines.flatMap(filesOf))].sort();
  return {
    stage: plan.address,
    kind: plan.kind,
    key: context.keyOf(plan.address),
    finished: false,
    begun: new Date().toISOString(),
    ended: undefined,
    recipe: {
      entry: sources.entry,
      sources: await hashSources(sources, options.host),
      inputs: context.plan.inputs,
    },
    settings: settingsOf(plan),
    inputs: Object.fromEntries(
      paths.flatMap((path) => {
        const digest = data.digests.get(path);
        return digest === undefined ? [] : [[besideRecipe(options.recipe, path), digest]];
      }),
    ),
    data: measured.value,
    device: options.device.description,
    decides: {
      levain: options.version,
      node: process.version,
      system: `${process.platform} ${process.arch}`,
      ...options.device.facts,
      ...Object.fromEntries(
        Object.entries(program).map(([name, value]) => [`program.${name}`, value]),
      ),
    },
    results: {},
  };
}

/** A path as the recipe could write it: where a user keeps the project is nobody's business. */
function besideRecipe(recipe: string, path: string): string {
  return relative(dirname(resolve(recipe)), resolve(path))
    .split(sep)
    .join("/");
}

function settingsOf(plan: TrainPlan): Readonly<Record<string, PlainValue>> {
  return {
    model: plan.model.name,
    parameters: plan.model.parameterCount,
    trainable: plan.model.trainableCount,
    objective: plan.objective,
    batch_rows: plan.batchRows,
    micro_batch_rows: plan.microBatchRows,
    row_tokens: plan.rowTokens,
    duration: extentText(plan.duration),
    clip: plan.clip ?? null,
    seed: plan.seed,
    checkpoint_every: plan.checkpointEvery,
    every: plan.every.map(({ interval, metrics, samples }) => ({
      interval: extentText(interval),
      metrics: metrics.map(({ metric, settings }) => ({ metric, ...settings })),
      samples: samples.map(({ prompt, maxTokens, temperature, seed }) => ({
        prompt,
        max_tokens: maxTokens,
        temperature,
        seed,
      })),
    })),
  };
}

function extentText({ unit, amount }: Extent): string {
  return unit === "share" ? `${100 * amount}%` : `${amount} ${unit}`;
}

/** The files that a pipeline reads, those of its tokenizers' data included. */
function filesOf(pipeline: Pipeline): readonly string[] {
  const { path } = pipeline.settings;
  return [
    ...(typeof path === "string" ? [path] : []),
    ...pipeline.inputs.flatMap(filesOf),
    ...pipeline.tokenizers.flatMap(({ data }) => filesOf(data)),
  ];
}
