import type { GraphBuilder } from "../../compiler/graph/index.ts";
import type { Axis, Node } from "../../compiler/operations/tensor.ts";

export interface ModelShape {
  readonly depth: number;
  readonly width: number;
  readonly kv: number;
  readonly group: number;
  readonly head: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  readonly batch: number;
  readonly time: number;
}

export const small: ModelShape = {
  depth: 3,
  width: 8,
  kv: 2,
  group: 2,
  head: 4,
  feedForward: 12,
  vocabulary: 11,
  batch: 2,
  time: 6,
};

export interface Model {
  readonly batch: Axis;
  readonly time: Axis;
  readonly vocabulary: Axis;
  readonly ids: Node;
  readonly segment: Node;
  readonly parameters: readonly Node[];
  readonly logits: Node;
}

/** A decoder of the Qwen2 shape: its blocks are one repeated body. */
export function buildModel(build: GraphBuilder, shape: ModelShape): Model {
  const axis = (name: string, size: number) => build.axis(name, size);
  const [batch, time] = [axis("batch", shape.batch), axis("time", shape.time)];
  const [layer, width] = [axis("layer", shape.depth), axis("width", shape.width)];
  const [kv, group, head] = [
    axis("kv", shape.kv),
    axis("group", shape.group),
    axis("head", shape.head),
  ];
  const [ffn, vocabulary] = [axis("ffn", shape.feedForward), axis("vocabulary", shape.vocabulary)];
  const half = axis("half", shape.head / 2);
  const source = build.axis("source", shape.time, time);

  const ids = build.input("ids", "data", [batch, time], "int");
  const segment = build.input("segment", "data", [batch, time], "int");
  const parameters: Node[] = [];
  const parameter = (name: string, axes: readonly Axis[]) => {
    const node = build.input(name, "state", axes, "real");
    parameters.push(node);
    return node;
  };

  const embed = parameter("embed", [vocabulary, width]);
  const finalNorm = parameter("norm", [width]);
  const blocks = {
    first: parameter("blocks.first", [layer, width]),
    second: parameter("blocks.second", [layer, width]),
    query: parameter("blocks.query", [layer, kv, group, head, width]),
    queryBias: parameter("blocks.query.bias", [layer, kv, group, head]),
    key: parameter("blocks.key", [layer, kv, head, width]),
    value: parameter("blocks.value", [layer, kv, head, width]),
    output: parameter("blocks.output", [layer, width, kv, group, head]),
    gate: parameter("blocks.gate", [layer, ffn, width]),
    up: parameter("blocks.up", [layer, ffn, width]),
    down: parameter("blocks.down", [layer, width, ffn]),
  };

  const add = (a: Node, b: Node) => build.apply("add", [a, b]);
  const multiply = (a: Node, b: Node) => build.apply("multiply", [a, b]);
  const dot = (a: Node, b: Node, over: readonly Axis[]) => build.apply("dot", [a, b], { over });
  const norm = (x: Node, scale: Node) => {
    const square = build.apply("sum", [multiply(x, x)], { over: [width] });
    const mean = build.apply("divide", [square, build.constant(shape.width)]);
    const root = build.apply("sqrt", [add(mean, build.constant(1e-6))]);
    return multiply(build.apply("divide", [x, root]), scale);
  };
  const rotary = (x: Node) => {
    const exponent = multiply(build.index(half), build.constant(-2 / shape.head));
    const frequency = build.apply("power", [build.constant(10000), exponent]);
    const angle = multiply(build.index(time), frequency);
    const [cosine, sine] = [build.apply("cos", [angle]), build.apply("sin", [angle])];
    const low = build.apply("part", [x], { axis: head, into: half, start: 0 });
    const high = build.apply("part", [x], { axis: head, into: half, start: shape.head / 2 });
    const turnedLow = build.apply("subtract", [multiply(low, cosine), multiply(high, sine)]);
    const turnedHigh = add(multiply(high, cosine), multiply(low, sine));
    return build.apply("join", [turnedLow, turnedHigh], { axes: [half, half], into: head });
  };
  const copy = (x: Node) => build.apply("rename", [x], { from: time, to: source });
  const attention = (x: Node, w: Record<keyof typeof blocks, Node>) => {
    const q = rotary(add(dot(x, w.query, [width]), w.queryBias));
    const k = copy(rotary(dot(x, w.key, [width])));
    const v = copy(dot(x, w.value, [width]));
    const own = build.apply("equal", [segment, copy(segment)]);
    const before = build.apply("less_equal", [build.index(source), build.index(time)]);
    const past = build.apply("and", [before, own]);
    const scores = build.apply("divide", [
      dot(q, k, [head]),
      build.constant(Math.sqrt(shape.head)),
    ]);
    const masked = build.apply("select", [past, scores, build.constant(Number.NEGATIVE_INFINITY)]);
    const mixed = dot(build.apply("softmax", [masked], { over: [source] }), v, [source]);
    return dot(mixed, w.output, [kv, group, head]);
  };
  const feedForward = (x: Node, w: Record<keyof typeof blocks, Node>) => {
    const gate = dot(x, w.gate, [width]);
    const open = multiply(multiply(gate, build.apply("sigmoid", [gate])), dot(x, w.up, [width]));
    return dot(open, w.down, [ffn]);
  };

  const names = Object.keys(blocks) as (keyof typeof blocks)[];
  const start = build.apply("gather", [embed, ids], { axis: vocabulary });
  const stacks = names.map((name) => blocks[name]);
  const result = build.repeat(layer, false, [start], stacks, [], ([x = start], each) => {
    const own = { ...blocks };
    for (const [place, name] of names.entries()) own[name] = each[place] ?? blocks[name];
    const attended = add(x, attention(norm(x, own.first), own));
    return { carried: [add(attended, feedForward(norm(attended, own.second), own))], stacked: [] };
  });
  const hidden = norm(result.carried[0] ?? start, finalNorm);
  const logits = dot(hidden, embed, [width]);
  return { batch, time, vocabulary, ids, segment, parameters, logits };
}

/** Mean cross-entropy of the next token. */
export function buildLoss(build: GraphBuilder, model: Model): Node {
  const { batch, time, vocabulary, logits, ids } = model;
  const next = build.apply("shift", [ids], { axis: time, amount: -1 });
  const chosen = build.apply("gather", [logits, next], { axis: vocabulary });
  const total = build.apply("log_sum_exp", [logits], { over: [vocabulary] });
  const losses = build.apply("subtract", [total, chosen]);
  const sum = build.apply("sum", [losses], { over: [batch, time] });
  return build.apply("divide", [sum, build.constant(batch.size * time.size)]);
}
