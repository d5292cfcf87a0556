import {
  createBuilder,
  differentiate,
  type GraphBuilder,
  optimise,
} from "../../compiler/graph/index.ts";
import type { Input, Step } from "../../compiler/graph/step.ts";
import type { Axis, Node } from "../../compiler/operations/tensor.ts";

/** A decoder of the usual kind: its sizes, and how much text a step sees. */
export interface ModelSizes {
  readonly vocabulary: number;
  readonly width: number;
  readonly depth: number;
  readonly groups: number;
  readonly group: number;
  readonly head: number;
  readonly inner: number;
  readonly batch: number;
  readonly time: number;
}

export const quickstart: ModelSizes = {
  vocabulary: 1024,
  width: 128,
  depth: 4,
  groups: 2,
  group: 2,
  head: 32,
  inner: 384,
  batch: 16,
  time: 128,
};

export const tenth: ModelSizes = {
  vocabulary: 256,
  width: 48,
  depth: 3,
  groups: 2,
  group: 2,
  head: 12,
  inner: 128,
  batch: 2,
  time: 32,
};

/** One training step with moments, decay and clipping, all state carried; and its parameters. */
export function trainingStep(sizes: ModelSizes): Step {
  const graph = createBuilder();
  const apply = graph.apply;
  const axis = (name: string, size: number) => graph.axis(name, size);
  const [batch, time, layer] = [
    axis("batch", sizes.batch),
    axis("time", sizes.time),
    axis("layer", sizes.depth),
  ];
  const source = graph.axis("source", sizes.time, time);
  const [vocabulary, width, inner] = [
    axis("vocabulary", sizes.vocabulary),
    axis("width", sizes.width),
    axis("inner", sizes.inner),
  ];
  const [groups, group, head] = [
    axis("groups", sizes.groups),
    axis("group", sizes.group),
    axis("head", sizes.head),
  ];
  const half = axis("half", sizes.head / 2);
  const inputs: Input[] = [];
  const input = (
    name: string,
    role: Input["role"],
    axes: readonly Axis[],
    element: "real" | "int" = "real",
  ) => {
    const node = graph.input(name, role, axes, element);
    inputs.push({ name, role, node });
    return node;
  };
  const parameters: { readonly name: string; readonly node: Node }[] = [];
  const parameter = (name: string, ...axes: readonly Axis[]) => {
    const node = input(name, "state", axes);
    parameters.push({ name, node });
    return node;
  };
  const number = (value: number) => graph.constant(value);
  const times = (...factors: readonly Node[]) =>
    factors.reduce((a, b) => apply("multiply", [a, b]));
  const plus = (a: Node, b: Node) => apply("add", [a, b]);
  const minus = (a: Node, b: Node) => apply("subtract", [a, b]);
  const over = (a: Node, b: Node) => apply("divide", [a, b]);
  const dot = (a: Node, b: Node, ...axes: readonly Axis[]) => apply("dot", [a, b], { over: axes });
  const sum = (a: Node, ...axes: readonly Axis[]) => apply("sum", [a], { over: axes });

  const ids = input("ids", "data", [batch, time], "int");
  const targets = input("targets", "data", [batch, time], "int");
  const embed = parameter("embed", vocabulary, width);
  const stacked = [
    parameter("query", layer, width, groups, group, head),
    parameter("query_bias", layer, groups, group, head),
    parameter("key", layer, width, groups, head),
    parameter("key_bias", layer, groups, head),
    parameter("value", layer, width, groups, head),
    parameter("value_bias", layer, groups, head),
    parameter("output", layer, groups, group, head, width),
    parameter("gate", layer, width, inner),
    parameter("up", layer, width, inner),
    parameter("down", layer, inner, width),
    parameter("norm1", layer, width),
    parameter("norm2", layer, width),
  ];
  const last = parameter("norm", width);

  const normalised = (x: Node, weight: Node) => {
    const mean = over(sum(times(x, x), width), number(sizes.width));
    return times(over(x, apply("sqrt", [plus(mean, number(1e-6))])), weight);
  };
  const frequencies = graph.table(
    Float64Array.from({ length: sizes.head / 2 }, (_, index) => 1e6 ** ((-2 * index) / sizes.head)),
    [half],
  );
  const angle = times(apply("to_real", [graph.index(time)]), frequencies);
  const [cos, sin] = [apply("cos", [angle]), apply("sin", [angle])];
  const rotary = (x: Node) => {
    const first = apply("part", [x], { axis: head, into: half, start: 0 });
    const second = apply("part", [x], { axis: head, into: half, start: sizes.head / 2 });
    const turned = [
      minus(times(first, cos), times(second, sin)),
      plus(times(second, cos), times(first, sin)),
    ];
    return apply("join", turned, { axes: [half, half], into: head });
  };
  const toSource = (x: Node) => apply("rename", [x], { from: time, to: source });
  const start = apply("gather", [embed, ids], { axis: vocabulary });
  const { carried } = graph.repeat(layer, false, [start], stacked, [], ([x = start], weights) => {
    const [query, queryBias, key, keyBias, value, valueBias, output, gate, up, down, norm1, norm2] =
      weights as readonly [Node, Node, Node, Node, Node, Node, Node, Node, Node, Node, Node, Node];
    const y = normalised(x, norm1);
    const q = rotary(plus(dot(y, query, width), queryBias));
    const k = toSource(rotary(plus(dot(y, key, width), keyBias)));
    const v = toSource(plus(dot(y, value, width), valueBias));
    const scores = over(dot(q, k, head), number(Math.sqrt(sizes.head)));
    const past = apply("less_equal", [graph.index(source), graph.index(time)]);
    const hidden = number(Number.NEGATIVE_INFINITY);
    const mixed = apply("softmax", [apply("select", [past, scores, hidden])], { over: [source] });
    const attended = dot(dot(mixed, v, source), output, groups, group, head);
    const middle = plus(x, attended);
    const z = normalised(middle, norm2);
    const gated = dot(z, gate, width);
    const swish = times(gated, apply("sigmoid", [gated]));
    const next = plus(middle, dot(times(swish, dot(z, up, width)), down, inner));
    return { carried: [next], stacked: [] };
  });
  const [final = start] = carried;
  const logits = dot(normalised(final, last), embed, width);
  const picked = apply("gather", [logits, targets], { axis: vocabulary });
  const losses = minus(apply("log_sum_exp", [logits], { over: [vocabulary] }), picked);
  const loss = over(sum(losses, batch, time), number(sizes.batch * sizes.time));

  const gradients = differentiate(
    graph,
    loss,
    parameters.map(({ node }) => node),
  );
  return optimise(graph, updates(graph, inputs, parameters, gradients, loss));
}

/** Clipping by the norm of everything, two moments with corrections, decay. */
function updates(
  graph: GraphBuilder,
  inputs: Input[],
  parameters: readonly { readonly name: string; readonly node: Node }[],
  gradients: readonly Node[],
  loss: Node,
): Step {
  const { apply, constant } = graph;
  const times = (a: Node, b: Node) => apply("multiply", [a, b]);
  const plus = (a: Node, b: Node) => apply("add", [a, b]);
  const host = (name: string) => {
    const node = graph.input(name, "host", [], "real");
    inputs.push({ name, role: "host", node });
    return node;
  };
  const step = host("step");
  const rate = times(
    constant(1e-3),
    apply("minimum", [apply("divide", [step, constant(10)]), constant(1)]),
  );
  const correction = (beta: number) =>
    apply("subtract", [constant(1), apply("power", [constant(beta), step])]);
  const squares = gradients.map((gradient) =>
    apply("sum", [times(gradient, gradient)], { over: gradient.axes }),
  );
  const norm = apply("sqrt", [squares.reduce(plus)]);
  const scale = apply("minimum", [apply("divide", [constant(1), norm]), constant(1)]);
  const carried: { state: string; next: Node }[] = [];
  parameters.forEach(({ name, node }, index) => {
    const gradient = gradients[index];
    if (gradient === undefined) return;
    const moment = (kind: string) => {
      const axes = node.attributes["axes"] as readonly Axis[];
      const state = graph.input(`${kind}.${name}`, "state", axes, "real");
      inputs.push({ name: `${kind}.${name}`, role: "state", node: state });
      return state;
    };
    const g = times(gradient, scale);
    const m = plus(times(moment("m"), constant(0.9)), times(g, constant(0.1)));
    const v = plus(times(moment("v"), constant(0.95)), times(times(g, g), constant(0.05)));
    const direction = apply("divide", [
      apply("divide", [m, correction(0.9)]),
      plus(apply("sqrt", [apply("divide", [v, correction(0.95)])]), constant(1e-8)),
    ]);
    const decayed = plus(direction, times(node, constant(0.1)));
    carried.push(
      { state: `m.${name}`, next: m },
      { state: `v.${name}`, next: v },
      { state: name, next: apply("subtract", [node, times(decayed, rate)]) },
    );
  });
  const outputs = [
    { name: "loss", node: loss },
    { name: "norm", node: norm },
  ];
  return { name: "train", inputs, carried, outputs, origins: graph.origins };
}
