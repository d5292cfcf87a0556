import fc from "fast-check";
import type { GraphBuilder } from "../../compiler/graph/index.ts";
import type { Axis, Node } from "../../compiler/operations/tensor.ts";

/** Layers of the operations that causality allows. */
export const layerKinds = [
  "attention",
  "attention without segments",
  "window",
  "greatest",
  "pooled",
  "two reads of one copy",
  "shift",
  "shift within",
  "running sum",
  "position",
  "product",
  "wave",
] as const;

export type LayerKind = (typeof layerKinds)[number];

export interface ModelPlan {
  readonly layers: readonly LayerKind[];
  /** Layers of a body that is repeated, before the others. */
  readonly repeated: readonly LayerKind[];
  readonly times: number;
}

export const modelPlan: fc.Arbitrary<ModelPlan> = fc.record({
  layers: fc.array(fc.constantFrom(...layerKinds), { minLength: 1, maxLength: 3 }),
  repeated: fc.array(fc.constantFrom(...layerKinds), { maxLength: 3 }),
  times: fc.integer({ min: 1, max: 3 }),
});

export interface RandomModel {
  readonly batch: Axis;
  readonly time: Axis;
  readonly x: Node;
  readonly segment: Node;
  readonly output: Node;
}

export function buildRandomModel(
  build: GraphBuilder,
  plan: ModelPlan,
  batchSize: number,
  timeSize: number,
): RandomModel {
  const [batch, time] = [build.axis("batch", batchSize), build.axis("time", timeSize)];
  const width = build.axis("width", 3);
  const mixed = build.axis("mixed", 3);
  const source = build.axis("source", timeSize, time);
  const x = build.input("x", "data", [batch, time, width], "real");
  const segment = build.input("segment", "data", [batch, time], "int");
  const apply = (operation: string, ...inputs: Node[]) => build.apply(operation, inputs);
  const number = (value: number) => build.constant(value);
  const copy = (node: Node) => build.apply("rename", [node], { from: time, to: source });
  const back = (node: Node, amount: number) => build.apply("shift", [node], { axis: time, amount });
  const before = apply("less_equal", build.index(source), build.index(time));
  const past = apply("and", before, apply("equal", segment, copy(segment)));
  const mask = (scores: Node, p: Node) =>
    apply("select", p, scores, number(Number.NEGATIVE_INFINITY));
  const scores = (value: Node) => build.apply("dot", [value, copy(value)], { over: [width] });
  const attend = (value: Node, p: Node) => {
    const weights = build.apply("softmax", [mask(scores(value), p)], { over: [source] });
    return build.apply("dot", [weights, copy(apply("sin", value))], { over: [source] });
  };

  const layer = (kind: LayerKind, value: Node, weight: Node): Node => {
    switch (kind) {
      case "attention":
        return attend(value, past);
      case "attention without segments":
        return attend(value, before);
      case "window": {
        const gap = apply("subtract", build.index(time), build.index(source));
        return attend(value, apply("and", past, apply("less", gap, build.constant(2, "int"))));
      }
      case "greatest":
        return build.apply("max", [mask(apply("add", value, copy(apply("negate", value))), past)], {
          over: [source],
        });
      case "pooled": {
        const zeroed = apply("select", past, copy(value), number(0));
        return apply("tanh", build.apply("sum", [zeroed], { over: [source] }));
      }
      case "two reads of one copy": {
        const kept = copy(value);
        const first = build.apply("log_sum_exp", [mask(kept, past)], { over: [source] });
        return apply("add", first, build.apply("max", [mask(kept, past)], { over: [source] }));
      }
      case "shift":
        return apply("add", back(value, 1), back(value, 3));
      case "shift within": {
        const same = apply("equal", segment, back(segment, 2));
        return apply("select", same, back(value, 2), number(0));
      }
      case "running sum":
        return apply("tanh", build.apply("cumulative", [value], { axis: time, reverse: false }));
      case "position":
        return apply("multiply", value, apply("cos", apply("to_real", build.index(time))));
      case "product": {
        const renamed = build.apply("rename", [value], { from: width, to: mixed });
        return build.apply("dot", [renamed, weight], { over: [mixed] });
      }
      case "wave":
        return apply("sin", apply("multiply", value, number(1.7)));
    }
  };

  const stack = (kinds: readonly LayerKind[], start: Node, weight: Node): Node =>
    kinds.reduce((value, kind) => {
      const made = layer(kind, value, weight);
      return apply("tanh", apply("add", value, apply("multiply", made, number(0.7))));
    }, start);

  const depth = build.axis("depth", plan.times);
  const weights = build.input("weights", "state", [depth, width, mixed], "real");
  const last = build.input("last", "state", [width, mixed], "real");
  const body = build.repeat(
    depth,
    false,
    [x],
    [weights],
    [],
    ([value = x], [weight = weights]) => ({
      carried: [stack(plan.repeated, value, weight)],
      stacked: [],
    }),
  );
  const output = stack(plan.layers, body.carried[0] ?? x, last);
  return { batch, time, x, segment, output };
}
