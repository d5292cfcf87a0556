import type { CausalityAnswer } from "../../graph/index.ts";
import {
  causality,
  type IncrementalStep,
  incremental,
  makeStep,
  rebuild,
} from "../../graph/index.ts";
import type { Step } from "../../graph/step.ts";
import { axesAttribute } from "../../operations/attributes.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import { leakDiagnostics } from "../findings.ts";
import { member } from "../members.ts";
import { moduleScope } from "../scope.ts";
import type { SampledFunction, TrainStage } from "../stage.ts";
import { tensor, type Value } from "../value.ts";
import { refuse, type World } from "../world.ts";
import { stateReader } from "./reader.ts";
import { tokenInputs, tokensRecord } from "./tokens.ts";

export interface DecodeSizes {
  readonly rows: number;
  readonly chunk: number;
  readonly capacity: number;
}

/** A model's logits over whole rows, as a decoder and the proof of causality start from. */
export interface TracedLogits {
  readonly logits: Node;
  readonly batch: Axis;
  readonly time: Axis;
  /** `tokens.*` in the order of their fields. */
  readonly tokens: readonly Node[];
}

/** Traces `model.logits(tokens)`; undefined after a refusal. */
export function tracedLogits(
  world: World,
  stage: TrainStage,
  batch: Axis,
  time: Axis,
): TracedLogits | undefined {
  const tokens = tokenInputs(world, [batch, time]);
  world.parameters = stateReader(world, stage.model);
  world.time = time;
  const callee = member(world, stage.site, stage.model.instance, "logits");
  const given = { positional: [tokensRecord(world, tokens)], named: new Map<string, Value>() };
  const value = world.invoke(callee, given, stage.site, moduleScope(stage.site.file));
  world.parameters = undefined;
  world.time = undefined;
  if (value.kind !== "tensor") {
    refuse(world, stage.site, "a model whose logits are a tensor", value);
    return undefined;
  }
  return { logits: value.node, batch, time, tokens };
}

/** What the graph can prove of a model's logits: nothing from later, nothing from other segments. */
export function causalityOf(world: World, traced: TracedLogits): CausalityAnswer {
  const [, , segment, weight] = traced.tokens;
  return causality({
    outputs: [traced.logits],
    time: traced.time,
    batch: traced.batch,
    segment,
    unavailable: weight === undefined ? [] : [weight],
    originsOf: world.builder.originsOf,
  });
}

/**
 * The decoder that follows from the model's text: a chunk of positions with what is remembered of
 * earlier ones, then the sampler on the logits of each row's last real position.
 */
export function decodeStep(
  world: World,
  stage: TrainStage,
  sampled: SampledFunction,
  sizes: DecodeSizes,
): Step | undefined {
  const { builder } = world;
  const batch = builder.axis("batch", sizes.rows);
  const time = builder.axis("time", sizes.capacity);
  const traced = tracedLogits(world, stage, batch, time);
  if (traced === undefined) return undefined;
  // A decoder of a model that leaks would be another function than the model.
  const { leaks } = causalityOf(world, traced);
  if (leaks.length > 0) {
    world.diagnostics.push(...leakDiagnostics(world, leaks, stage.plan.place));
    return undefined;
  }
  const name = `${stage.plan.address}.${sampled.name}`;
  const decoder = incremental(builder, {
    name,
    outputs: [{ name: "logits", node: traced.logits }],
    time,
    batch,
    chunk: sizes.chunk,
    capacity: sizes.capacity,
  });
  const [logits] = decoder.outputs;
  if (logits === undefined) return undefined;
  const last = builder.apply("subtract", [decoder.count, builder.constant(1, "int")]);
  const chosen = builder.apply("gather", [logits, last], { axis: decoder.time });
  const positional = [
    tensor(chosen),
    tensor(builder.input("chance", "data", [batch], "real")),
    tensor(builder.input("temperature", "host", [], "real")),
  ];
  const given = { positional, named: new Map<string, Value>() };
  const token = world.invoke(sampled.sampler, given, sampled.site, moduleScope(sampled.site.file));
  const isToken =
    token.kind === "tensor" &&
    token.node.element === "int" &&
    token.node.axes.every((axis) => axis === batch);
  if (!isToken) {
    refuse(world, sampled.site, "a sampler that gives a token for each row", token);
    return undefined;
  }
  const node = builder.expanded(token.node, [batch]);
  const { outputs, carried } = asCaches(world, decoder, batch, [{ name: "token", node }]);
  return makeStep(builder, name, outputs, carried);
}

interface Program {
  readonly outputs: Step["outputs"];
  readonly carried: readonly { readonly state: Node; readonly next: Node }[];
}

/**
 * States as the runtime knows them: named `cache:…`, all 0 at the start; how many positions of a
 * chunk are real is counted from `tokens.real`.
 */
function asCaches(
  world: World,
  decoder: IncrementalStep,
  batch: Axis,
  outputs: Step["outputs"],
): Program {
  const { builder } = world;
  const flags = builder.input("tokens.real", "data", [batch, decoder.time], "int");
  const count = builder.apply("sum", [flags], { over: [decoder.time] });
  const replacements = new Map<Node, Node>([[decoder.count, count]]);
  const inputs = new Map<Node, Node>();
  for (const { name, input, initial } of decoder.states) {
    const axes = axesAttribute(input.attributes, "axes");
    const cache = builder.input(cacheName(name), "state", axes, input.element);
    inputs.set(input, cache);
    replacements.set(
      input,
      initial === 0
        ? cache
        : builder.apply("add", [cache, builder.constant(initial, input.element)]),
    );
  }
  const initials = new Map(decoder.states.map(({ input, initial }) => [input, initial] as const));
  const roots = [
    ...outputs.map((output) => output.node),
    ...decoder.carried.map(({ next }) => next),
  ];
  const made = rebuild(builder, roots, replacements);
  return {
    outputs: outputs.map(({ name }, place) => ({ name, node: made[place] ?? count })),
    carried: decoder.carried.map(({ state, next }, place) => {
      const initial = initials.get(state) ?? 0;
      const cache = inputs.get(state) ?? state;
      const value = made[outputs.length + place] ?? next;
      return { state: cache, next: relative(world, cache, value, initial) };
    }),
  };
}

/** The next value less what the state started from; a store stays a store into the cache itself. */
function relative(world: World, cache: Node, next: Node, initial: number): Node {
  if (initial === 0) return next;
  const { builder } = world;
  const offset = builder.constant(initial, cache.element);
  const [, rows, places] = next.inputs;
  if (next.operation === "store" && rows !== undefined && places !== undefined) {
    const moved = builder.apply("subtract", [rows, offset]);
    return builder.apply("store", [cache, moved, places], next.attributes);
  }
  return builder.apply("subtract", [next, offset]);
}

function cacheName(name: string): string {
  const own = name.replace(/^decoder\./, "");
  return own === "written" ? "cache:position" : `cache:${own}`;
}
