import { noLogits } from "../../../program/diagnostics/catalogue/budget.ts";
import type { EveryPlan, MetricPlan, SamplePlan } from "../../../program/stage-plan.ts";
import { coerce } from "../coerce.ts";
import type { MeasuredFunction, SampledFunction } from "../stage.ts";
import { type MetricValue, NONE, type RecordValue, record, type Value } from "../value.ts";
import { placeOf, refuse, report, type Site, type World } from "../world.ts";
import { extentOf } from "./extent.ts";

export interface EvaluatedEvery {
  readonly plans: readonly EveryPlan[];
  readonly measured: readonly MeasuredFunction[];
  readonly sampled: readonly SampledFunction[];
}

/** The function that `levain sample` asks for, whatever the stage itself samples. */
export const DEFAULT_SAMPLE = "sample";

/** What happens now and then in a stage; equal functions are made once. */
export function evaluateEvery(world: World, site: Site, every: Value): EvaluatedEvery {
  const measured: MeasuredFunction[] = [];
  const sampled: SampledFunction[] = [];

  const measure = (metric: MetricValue): MetricPlan => {
    const known = measured.find((other) => sameFunction(other.metric.measured, metric.measured));
    const name = known?.name ?? numbered("measure", measured.length);
    if (known === undefined) measured.push({ name, metric });
    const { row, data, settings, place } = metric;
    return { metric: row, data, settings, function: name, place };
  };

  const sampleFunction = (sampler: Value): string => {
    const known = sampled.find((other) => sameFunction(other.sampler, sampler));
    const name = known?.name ?? numbered(DEFAULT_SAMPLE, sampled.length);
    if (known === undefined) sampled.push({ name, sampler, site });
    return name;
  };

  const sample = (prompted: RecordValue): SamplePlan => {
    const field = (name: string): Value => prompted.fields.get(name) ?? NONE;
    const prompt = field("prompt");
    if (prompt.kind === "text" && prompt.value === "") {
      refuse(world, site, "a text of at least one character for `prompt`", prompt);
    }
    if (numberOf(field("max_tokens"), 0) < 1) {
      refuse(world, site, "at least 1 for `max_tokens`", field("max_tokens"));
    }
    if (numberOf(field("temperature"), 0) < 0) {
      refuse(world, site, "at least 0 for `temperature`", field("temperature"));
    }
    return {
      prompt: prompt.kind === "text" ? prompt.value : "",
      maxTokens: numberOf(field("max_tokens"), 0),
      temperature: numberOf(field("temperature"), 1),
      seed: numberOf(field("seed"), 0),
      function: sampleFunction(field("sampler")),
      place: placeOf(site),
    };
  };

  const usual = usualSampler(world, site);
  if (usual !== undefined) sampleFunction(usual);
  const plans: EveryPlan[] = [];
  for (const item of every.kind === "list" ? every.items : []) {
    if (item.kind !== "record") continue;
    const interval = item.fields.get("interval") ?? NONE;
    const extent = extentOf(interval);
    if (extent === undefined) {
      refuse(world, site, "more than 0 for the interval of `every`", interval);
      continue;
    }
    plans.push({
      interval: extent,
      metrics: listOf(item.fields.get("metrics")).flatMap((value) =>
        value.kind === "metric" ? [measure(value)] : [],
      ),
      samples: listOf(item.fields.get("sample")).flatMap((value) =>
        value.kind === "record" ? [sample(value)] : [],
      ),
    });
  }
  return { plans, measured, sampled };
}

/** Whether two functions are one declaration, so that one program does for both. */
function sameFunction(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (left.kind !== "function" || right.kind !== "function") return false;
  const plain = left.bound.size === 0 && right.bound.size === 0;
  return plain && left.item === right.item && left.receiver === right.receiver;
}

function numbered(name: string, count: number): string {
  return count === 0 ? name : `${name}${count + 1}`;
}

function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value.kind === "none") return [];
  return value.kind === "list" ? value.items : [value];
}

function numberOf(value: Value, otherwise: number): number {
  return value.kind === "number" ? value.value : otherwise;
}

/** The sampler that the prelude's record of a prompt has by default. */
function usualSampler(world: World, site: Site): Value | undefined {
  const prompted = {
    kind: "named-type",
    path: [{ kind: "name", text: "Prompted", span: site.span }],
    arguments: [],
    span: site.span,
  } as const;
  const value = coerce(world, site, "sample", prompted, "std/prelude", record([]));
  const sampler = value.kind === "record" ? value.fields.get("sampler") : undefined;
  return sampler?.kind === "function" || sampler?.kind === "lambda" ? sampler : undefined;
}

/** Reports a model that has no `logits` where a stage samples it. */
export function requireLogits(world: World, site: Site, model: string, has: boolean): boolean {
  if (!has) report(world, noLogits, site, { model, needs: "logits(tokens)" });
  return has;
}
