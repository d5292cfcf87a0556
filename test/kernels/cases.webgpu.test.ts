import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBuilder, type GraphBuilder } from "../../compiler/graph/index.ts";
import type { Input, Step } from "../../compiler/graph/step.ts";
import { hardwareProfile, profileOf } from "../../compiler/kernels/profile.ts";
import type { Axis, Element, Node } from "../../compiler/operations/tensor.ts";
import type { Values } from "../../runtime/device/device.ts";
import type { WebGpuDevice } from "../../runtime/device/webgpu/open.ts";
import { generator } from "../operations/case.ts";
import { compile, differences, openTestDevice, type StepValues } from "./harness.ts";

let device: WebGpuDevice;

beforeAll(async () => {
  device = await openTestDevice();
});

afterAll(async () => {
  await device.close();
});

/** Builds a step by hand, with random values for what it reads. */
function draft(seed = 1) {
  const graph: GraphBuilder = createBuilder();
  const chance = generator(seed);
  const inputs: Input[] = [];
  const values: Record<string, Float32Array | Int32Array> = {};
  const outputs: { name: string; node: Node }[] = [];
  const carried: { state: string; next: Node }[] = [];
  const read = (role: "state" | "data", name: string, axes: readonly Axis[], limit?: number) => {
    const element: Element = limit === undefined ? "real" : "int";
    const node = graph.input(name, role, axes, element);
    inputs.push({ name, role, node });
    const length = axes.reduce((product, axis) => product * axis.size, 1);
    values[name] =
      limit === undefined
        ? Float32Array.from({ length }, () => 2 * chance() - 1)
        : Int32Array.from({ length }, () => Math.floor(limit * chance()));
    return node;
  };
  const step = (): Step => ({ name: "case", inputs, carried, outputs, origins: graph.origins });
  return { graph, apply: graph.apply, inputs, values, outputs, carried, read, step };
}

type Draft = ReturnType<typeof draft>;

/** Products of all four layouts, odd sizes, with and without batch axes, of one and more loops. */
function products(): Draft {
  const it = draft();
  const sizes: readonly (readonly [number, number, number])[] = [
    [9, 13, 17],
    [33, 31, 65],
    [16, 128, 12],
    [67, 130, 40],
    [8, 300, 4],
  ];
  for (const [m, n, k] of sizes) {
    const [b, row, column, depth] = [3, m, n, k].map((size, index) =>
      it.graph.axis("bmnk"[index] ?? "", size),
    );
    if (b === undefined || row === undefined || column === undefined || depth === undefined)
      continue;
    for (const batch of [[], [b]]) {
      for (const [layout, left, right] of [
        ["NN", [row, depth], [depth, column]],
        ["NT", [row, depth], [column, depth]],
        ["TN", [depth, row], [depth, column]],
        ["TT", [depth, row], [column, depth]],
      ] as const) {
        const name = `${layout} ${m} ${n} ${k} ${batch.length}`;
        const x = it.read("data", `x ${name}`, [...batch, ...left]);
        const y = it.read("data", `y ${name}`, [...right, ...batch]);
        it.outputs.push({ name, node: it.apply("dot", [x, y], { over: [depth] }) });
      }
    }
  }
  return it;
}

/** Heads: several loops in rows, columns, depth and batch; with something before and after. */
function attention(): Draft {
  const it = draft();
  const axis = (name: string, size: number) => it.graph.axis(name, size);
  const [batch, time, groups, group, head] = [
    axis("batch", 2),
    axis("time", 13),
    axis("groups", 3),
    axis("group", 2),
    axis("head", 8),
  ];
  const source = it.graph.axis("source", 13, time);
  const q = it.read("data", "q", [batch, time, groups, group, head]);
  const k = it.read("data", "k", [batch, source, groups, head]);
  const v = it.read("data", "v", [batch, source, groups, head]);
  const width = axis("width", 24);
  const w = it.read("data", "w", [groups, group, head, width]);
  const scores = it.apply("dot", [q, k], { over: [head] });
  const past = it.apply("less_equal", [it.graph.index(source), it.graph.index(time)]);
  const hidden = it.graph.constant(Number.NEGATIVE_INFINITY);
  const mixed = it.apply("softmax", [it.apply("select", [past, scores, hidden])], {
    over: [source],
  });
  const heads = it.apply("dot", [mixed, v], { over: [source] });
  const out = it.apply("dot", [heads, w], { over: [groups, group, head] });
  const active = it.apply("multiply", [out, it.apply("sigmoid", [out])]);
  it.outputs.push({ name: "scores", node: scores }, { name: "out", node: active });
  const forV = it.apply("dot", [mixed, heads], { over: [time, group] });
  it.outputs.push({ name: "forV", node: forV });
  return it;
}

/** States that are swapped, shifted, replaced by what others read, kept, and stored into. */
function states(): Draft {
  const it = draft();
  const [a, b, c] = [it.graph.axis("a", 9), it.graph.axis("b", 12), it.graph.axis("c", 5)];
  const [x, y] = [it.read("state", "x", [a, b]), it.read("state", "y", [b, a])];
  const shifted = it.read("state", "shifted", [a]);
  const doubled = it.read("state", "doubled", [a, b]);
  const read = it.read("state", "read", [c, b]);
  const cache = it.read("state", "cache", [a, b]);
  const rows = it.read("data", "rows", [c, b]);
  const places = it.apply("subtract", [
    it.apply("multiply", [it.graph.index(c), it.graph.constant(3, "int")]),
    it.graph.constant(2, "int"),
  ]);
  const next = it.apply("multiply", [doubled, it.graph.constant(2)]);
  it.carried.push(
    { state: "x", next: y },
    { state: "y", next: x },
    { state: "shifted", next: it.apply("shift", [shifted], { axis: a, amount: 1 }) },
    { state: "doubled", next },
    { state: "cache", next: it.apply("store", [cache, rows, places], { axis: a, from: c }) },
  );
  const over = [a, b];
  it.outputs.push(
    { name: "new", node: it.apply("sum", [next], { over }) },
    { name: "old", node: it.apply("sum", [doubled], { over }) },
    { name: "same", node: read },
    { name: "cached", node: it.apply("add", [cache, it.graph.constant(1)]) },
  );
  return it;
}

/** Repeats: both directions, in each other, of one entry; swapped, unchanged and rearranged values. */
function repeats(): Draft {
  const it = draft();
  const axis = (name: string, size: number) => it.graph.axis(name, size);
  const [layer, inner, one, a, b] = [
    axis("layer", 5),
    axis("inner", 3),
    axis("one", 1),
    axis("a", 6),
    axis("b", 10),
  ];
  const { apply, graph } = it;
  const half = graph.constant(0.5);
  const x = it.read("data", "x", [a, b]);
  const weights = it.read("data", "weights", [b, layer, a]);
  const deep = it.read("data", "deep", [layer, inner, b]);
  for (const reverse of [false, true]) {
    const { carried, stacked } = graph.repeat(
      layer,
      reverse,
      [x, apply("negate", [x])],
      [weights, deep],
      [],
      ([p = x, q = x], [w = x, d = x]) => {
        const nested = graph.repeat(inner, !reverse, [p], [d], [], ([r = p], [e = p]) => ({
          carried: [apply("tanh", [apply("add", [r, e])])],
          stacked: [apply("sum", [r], { over: [a] })],
        }));
        const [r = p] = nested.carried;
        const [sums = p] = nested.stacked;
        const total = apply("sum", [sums], { over: [inner] });
        const next = apply("add", [apply("multiply", [r, half]), apply("multiply", [w, half])]);
        return { carried: [q, next], stacked: [total, p, apply("multiply", [w, w])] };
      },
    );
    [...carried, ...stacked].forEach((node, index) => {
      it.outputs.push({ name: `${reverse} ${index}`, node });
    });
  }
  const single = graph.repeat(
    one,
    false,
    [x],
    [it.read("data", "w1", [one, b])],
    [],
    ([p = x], [w = x]) => ({
      carried: [apply("multiply", [p, w])],
      stacked: [p],
    }),
  );
  [...single.carried, ...single.stacked].forEach((node, index) => {
    it.outputs.push({ name: `one ${index}`, node });
  });
  return it;
}

/** Long sums of few rows, many owners, and more workgroups than one dimension may have. */
function large(): Draft {
  const it = draft();
  const axis = (name: string, size: number) => it.graph.axis(name, size);
  const [a, b, many, row, few] = [
    axis("a", 3),
    axis("b", 5003),
    axis("many", 700_003),
    axis("row", 2048),
    axis("few", 8),
  ];
  const x = it.read("data", "x", [a, b]);
  const long = it.read("data", "long", [many]);
  for (const name of ["sum", "max", "min"]) {
    it.outputs.push({ name: `${name} of rows`, node: it.apply(name, [x], { over: [b] }) });
    it.outputs.push({ name, node: it.apply(name, [x], { over: [a, b] }) });
  }
  it.outputs.push({ name: "norm", node: it.apply("dot", [x, x], { over: [a, b] }) });
  it.outputs.push({ name: "folded", node: it.apply("sin", [long]) });
  const values = it.read("data", "values", [row, axis("c", 7)]);
  const ids = it.read("data", "ids", [row], 8);
  it.outputs.push({
    name: "scattered",
    node: it.apply("scatter_add", [values, ids], { axis: few, keep: [] }),
  });
  return it;
}

const cases = { products, attention, states, repeats, large };

describe.each(["own", "hardware"])("with %s schedules", (kind) => {
  test.each(Object.entries(cases))("%s equal the interpreter", async (_, build) => {
    const own = profileOf(device.facts);
    const profile = kind === "own" ? own : hardwareProfile(own.limits);
    const { step, values } = build();
    expect(await differences(device, step(), values, { profile, tolerance: 3e-6 })).toEqual([]);
  });
});

test("one run after another gives the same bits, 200 times", async () => {
  const { step, values } = large();
  const executable = compile(step(), profileOf(device.facts));
  const loaded = await device.load(executable);
  const store = device.openStore();
  const inputs = { data: values as StepValues & Record<string, Values>, variables: {}, read: true };
  const bits = (found: Readonly<Record<string, Values>>) =>
    ["sum", "norm", "scattered", "sum of rows"].map((name) => [
      ...new Int32Array(found[name]?.buffer ?? new ArrayBuffer(0)),
    ]);
  const first = bits(await loaded.run(store, inputs));
  for (let run = 1; run < 200; run += 1) {
    expect(bits(await loaded.run(store, inputs))).toEqual(first);
  }
  await loaded.close();
});
