import { createBuilder, type GraphBuilder } from "../../compiler/graph/build.ts";
import { differentiate } from "../../compiler/graph/derivative.ts";
import { type HostScalar, separateHostScalars } from "../../compiler/graph/host-scalars.ts";
import { optimise } from "../../compiler/graph/optimise.ts";
import type { Input, Step } from "../../compiler/graph/step.ts";
import type { Axis, Node } from "../../compiler/operations/tensor.ts";
import { generator } from "../operations/case.ts";

/** Sizes of a decoder with grouped-query attention and a gated layer, tied embedding. */
export interface DecoderSizes {
  readonly width: number;
  readonly depth: number;
  readonly kv: number;
  readonly group: number;
  readonly head: number;
  readonly ffn: number;
  readonly vocab: number;
  readonly batch: number;
  readonly time: number;
}

export interface TrainingStep {
  readonly step: Step;
  readonly scalars: readonly HostScalar[];
  readonly state: Readonly<Record<string, Float32Array>>;
  readonly data: Readonly<Record<string, Float32Array | Int32Array>>;
}

/** One AdamW step of such a decoder on tokens in segments, with parameters stacked over the depth. */
export function decoderStep(sizes: DecoderSizes): TrainingStep {
  const graph = createBuilder();
  const g = operations(graph);
  const axis = (name: keyof DecoderSizes) => graph.axis(name, sizes[name]);
  const [batch, time] = [axis("batch"), axis("time")];
  const [vocab, width, layer] = [axis("vocab"), axis("width"), graph.axis("layer", sizes.depth)];
  const [kv, group, head, ffn] = [axis("kv"), axis("group"), axis("head"), axis("ffn")];
  const source = graph.axis("source", sizes.time, time);
  const half = graph.axis("half", sizes.head / 2);

  const inputs: Input[] = [];
  const state: Record<string, Float32Array> = {};
  const chance = generator(11);
  const stored = (name: string, axes: readonly Axis[], scale: number, center = 0): Node => {
    const node = graph.input(name, "state", axes, "real");
    const length = axes.reduce((product, it) => product * it.size, 1);
    state[name] = Float32Array.from({ length }, () => center + scale * (2 * chance() - 1));
    inputs.push({ name, role: "state", node });
    return node;
  };
  const scale = 0.08;
  const embed = stored("embed", [vocab, width], scale);
  const last = stored("norm", [width], 0.1, 1);
  const layers = [
    stored("first", [layer, width], 0.1, 1),
    stored("query", [layer, kv, group, head, width], scale),
    stored("query.bias", [layer, kv, group, head], scale),
    stored("key", [layer, kv, head, width], scale),
    stored("key.bias", [layer, kv, head], scale),
    stored("value", [layer, kv, head, width], scale),
    stored("value.bias", [layer, kv, head], scale),
    stored("output", [layer, width, kv, group, head], scale),
    stored("second", [layer, width], 0.1, 1),
    stored("gate", [layer, ffn, width], scale),
    stored("up", [layer, ffn, width], scale),
    stored("down", [layer, width, ffn], scale),
  ];
  const parameters = [embed, last, ...layers];
  const names = inputs.map((input) => input.name);

  const data: Record<string, Float32Array | Int32Array> = {};
  const given = (name: string, element: "real" | "int", entry: (index: number) => number): Node => {
    const node = graph.input(name, "data", [batch, time], element);
    const length = sizes.batch * sizes.time;
    const numbers = Array.from({ length }, (_, index) => entry(index));
    data[name] = element === "real" ? Float32Array.from(numbers) : Int32Array.from(numbers);
    inputs.push({ name, role: "data", node });
    return node;
  };
  const id = given("id", "int", () => Math.floor(sizes.vocab * chance()));
  const position = given("position", "int", (index) => index % sizes.time);
  const segment = given("segment", "int", (index) =>
    Math.floor((2 * (index % sizes.time)) / sizes.time),
  );
  const weight = given("weight", "real", () => (chance() < 0.9 ? 1 : 0));
  const now = graph.input("step", "host", [], "real");
  inputs.push({ name: "step", role: "host", node: now });

  const own = g.call("equal", segment, g.rename(segment, time, source));
  const past = g.call("less_equal", graph.index(source), graph.index(time));
  const mask = g.call("and", past, own);
  const frequencies = Float64Array.from({ length: half.size }, (_, i) => 1e4 ** (-i / half.size));
  const angle = g.call("multiply", position, graph.table(frequencies, [half]));
  const [cosine, sine] = [g.call("cos", angle), g.call("sin", angle)];

  const rotated = (x: Node): Node => {
    const part = (start: number) => graph.apply("part", [x], { axis: head, into: half, start });
    const [a, b] = [part(0), part(half.size)];
    return graph.apply(
      "join",
      [
        g.call("subtract", g.call("multiply", a, cosine), g.call("multiply", b, sine)),
        g.call("add", g.call("multiply", b, cosine), g.call("multiply", a, sine)),
      ],
      { axes: [half, half], into: head },
    );
  };
  const normed = (x: Node, gain: Node): Node => {
    const square = g.over("sum", g.call("multiply", x, x), width);
    const mean = g.call("multiply", square, graph.constant(1 / width.size));
    const size = g.call("sqrt", g.call("add", mean, graph.constant(1e-6)));
    return g.call("multiply", g.call("divide", x, size), gain);
  };

  const block = (x: Node, weights: readonly Node[]): Node => {
    const [
      first,
      query,
      queryBias,
      key,
      keyBias,
      value,
      valueBias,
      output,
      second,
      gate,
      up,
      down,
    ] = weights as readonly [
      Node,
      Node,
      Node,
      Node,
      Node,
      Node,
      Node,
      Node,
      Node,
      Node,
      Node,
      Node,
    ];
    const a = normed(x, first);
    const q = rotated(g.call("add", g.dot(a, query, width), queryBias));
    const k = g.rename(rotated(g.call("add", g.dot(a, key, width), keyBias)), time, source);
    const v = g.rename(g.call("add", g.dot(a, value, width), valueBias), time, source);
    const scores = g.call("divide", g.dot(q, k, head), graph.constant(Math.sqrt(head.size)));
    const hidden = graph.constant(Number.NEGATIVE_INFINITY);
    const mix = g.over("softmax", g.call("select", mask, scores, hidden), source);
    const heads = g.dot(mix, v, source);
    const attended = g.call("add", x, g.dot(heads, output, kv, group, head));
    const b = normed(attended, second);
    const z = g.dot(b, gate, width);
    const gated = g.call(
      "multiply",
      g.call("multiply", z, g.call("sigmoid", z)),
      g.dot(b, up, width),
    );
    return g.call("add", attended, g.dot(gated, down, ffn));
  };

  const start = graph.apply("gather", [embed, id], { axis: vocab });
  const [end = start] = graph.repeat(layer, false, [start], layers, [], ([x = start], weights) => ({
    carried: [block(x, weights)],
    stacked: [],
  })).carried;
  const logits = g.dot(normed(end, last), embed, width);
  const next = graph.apply("shift", [id], { axis: time, amount: -1 });
  const total = g.over("log_sum_exp", logits, vocab);
  const gain = graph.apply("gather", [logits, next], { axis: vocab });
  const errors = g.call("multiply", weight, g.call("subtract", total, gain));
  const count = g.over("sum", weight, batch, time);
  const loss = g.call("divide", g.over("sum", errors, batch, time), count);

  const gradients = differentiate(graph, loss, parameters);
  const squares = gradients.map((it) => g.over("sum", g.call("multiply", it, it), ...it.axes));
  const norm = g.call(
    "sqrt",
    squares.reduce((a, b) => g.call("add", a, b)),
  );
  const clip = g.call("minimum", graph.constant(1), g.call("divide", graph.constant(1), norm));

  const carried = parameters.flatMap((parameter, index) => {
    const name = names[index] ?? "";
    const axes = parameter.attributes["axes"] as readonly Axis[];
    const [m, v] = [stored(`${name}.m`, axes, 0), stored(`${name}.v`, axes, 0)];
    const gradient = g.call("multiply", gradients[index] ?? loss, clip);
    return adamw(graph, now, parameter, gradient, m, v).map((value, place) => ({
      state: [name, `${name}.m`, `${name}.v`][place] ?? "",
      next: value,
    }));
  });
  const outputs = [
    { name: "loss", node: loss },
    { name: "gradient_norm", node: norm },
  ];
  return { ...finished(graph, { name: "train", inputs, carried, outputs }), state, data };
}

/** The step after the passes that every step goes through. */
export function finished(graph: GraphBuilder, step: Omit<Step, "origins">) {
  return separateHostScalars(graph, optimise(graph, { ...step, origins: graph.origins }));
}

/** Next value and moments; the corrections of bias are numbers of the host. */
export function adamw(
  graph: GraphBuilder,
  now: Node,
  value: Node,
  gradient: Node,
  m: Node,
  v: Node,
): readonly [Node, Node, Node] {
  const g = operations(graph);
  const number = (value: number) => graph.constant(value);
  const n = g.call("add", now, number(1));
  const corrected = (beta: number) =>
    g.call("subtract", number(1), g.call("power", number(beta), n));
  const first = g.call(
    "add",
    g.call("multiply", m, number(0.9)),
    g.call("multiply", gradient, number(0.1)),
  );
  const second = g.call(
    "add",
    g.call("multiply", v, number(0.999)),
    g.call("multiply", g.call("multiply", gradient, gradient), number(0.001)),
  );
  const size = g.call("sqrt", g.call("divide", second, corrected(0.999)));
  const change = g.call(
    "divide",
    g.call("divide", first, corrected(0.9)),
    g.call("add", size, number(1e-8)),
  );
  const decayed = value.axes.length > 1 ? g.call("multiply", value, number(0.1)) : number(0);
  const rate = g.call("minimum", number(3e-3), g.call("multiply", n, number(1e-4)));
  const moved = g.call("multiply", rate, g.call("add", change, decayed));
  return [g.call("subtract", value, moved), first, second];
}

/** Short forms of the builder's calls. */
export function operations(graph: GraphBuilder) {
  return {
    call: (name: string, ...inputs: readonly Node[]): Node => graph.apply(name, inputs),
    over: (name: string, input: Node, ...over: readonly Axis[]): Node =>
      over.length === 0 ? input : graph.apply(name, [input], { over }),
    dot: (left: Node, right: Node, ...over: readonly Axis[]): Node =>
      graph.apply("dot", [left, right], { over }),
    rename: (input: Node, from: Axis, to: Axis): Node =>
      graph.apply("rename", [input], { from, to }),
  };
}
