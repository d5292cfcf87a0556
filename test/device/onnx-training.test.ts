import { describe, expect, test } from "vitest";
import { createBuilder } from "../../compiler/graph/build.ts";
import { differentiate } from "../../compiler/graph/derivative.ts";
import { distance, generator } from "../operations/case.ts";
import { adamw, decoderStep, finished, operations, type TrainingStep } from "./decoder-step.ts";
import { train, trainInterpreted, withDevice } from "./onnx-harness.ts";

/** Odd on purpose: nothing fits a vector or a tile. */
const small = {
  width: 10,
  depth: 3,
  kv: 3,
  group: 2,
  head: 6,
  ffn: 13,
  vocab: 17,
  batch: 3,
  time: 7,
};

/** Two layers with a tanh between, mean squared error, AdamW. */
function perceptronStep(): TrainingStep {
  const graph = createBuilder();
  const g = operations(graph);
  const [row, into, hidden, out] = [
    graph.axis("row", 9),
    graph.axis("into", 5),
    graph.axis("hidden", 7),
    graph.axis("out", 3),
  ];
  const chance = generator(3);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => 2 * chance() - 1);
  const first = graph.input("first", "state", [hidden, into], "real");
  const second = graph.input("second", "state", [hidden, out], "real");
  const x = graph.input("x", "data", [row, into], "real");
  const y = graph.input("y", "data", [row, out], "real");
  const now = graph.input("step", "host", [], "real");
  const made = g.dot(g.call("tanh", g.dot(x, first, into)), second, hidden);
  const error = g.call("subtract", made, y);
  const loss = g.over("sum", g.call("multiply", error, error), row, out);
  const parameters = [first, second];
  const moments = ["first.m", "first.v", "second.m", "second.v"].map((name, index) =>
    graph.input(name, "state", index < 2 ? [hidden, into] : [hidden, out], "real"),
  );
  const gradients = differentiate(graph, loss, parameters);
  const carried = parameters.flatMap((parameter, index) => {
    const [m = parameter, v = parameter] = moments.slice(2 * index);
    const name = index === 0 ? "first" : "second";
    return adamw(graph, now, parameter, gradients[index] ?? loss, m, v).map((next, place) => ({
      state: [name, `${name}.m`, `${name}.v`][place] ?? "",
      next,
    }));
  });
  const inputs = [
    ...[first, second, ...moments].map((node) => ({
      name: String(node.attributes["name"]),
      role: "state" as const,
      node,
    })),
    { name: "x", role: "data" as const, node: x },
    { name: "y", role: "data" as const, node: y },
    { name: "step", role: "host" as const, node: now },
  ];
  return {
    ...finished(graph, {
      name: "perceptron",
      inputs,
      carried,
      outputs: [{ name: "loss", node: loss }],
    }),
    state: {
      first: numbers(35),
      "first.m": new Float32Array(35),
      "first.v": new Float32Array(35),
      second: numbers(21),
      "second.m": new Float32Array(21),
      "second.v": new Float32Array(21),
    },
    data: { x: numbers(45), y: numbers(27) },
  };
}

/** Moments are the gradients' own; parameters move by the rate, whatever the gradient's rounding. */
async function compare(training: TrainingStep, steps: number): Promise<void> {
  const wanted = trainInterpreted(training, steps);
  const found = await withDevice({}, (device) => train(device, training, steps));
  for (const [at, outputs] of found.outputs.entries()) {
    for (const [name, values] of Object.entries(outputs)) {
      const value = wanted.outputs[at]?.[name] ?? Number.NaN;
      expect(Math.abs((values[0] ?? Number.NaN) - value) / value, name).toBeLessThan(1e-5);
    }
  }
  for (const [name, values] of Object.entries(found.state)) {
    const error = distance(values, wanted.state[name] ?? []);
    expect(error, name).toBeLessThan(name.endsWith(".m") || name.endsWith(".v") ? 2e-5 : 1e-4);
  }
}

describe("training steps on ONNX Runtime against the interpreter", () => {
  test("a perceptron, five steps", () => compare(perceptronStep(), 5));
  test("a decoder whose layers are a region, three steps", () => compare(decoderStep(small), 3));
  test("a decoder of one layer and one sequence", () =>
    compare(decoderStep({ ...small, depth: 1, batch: 1 }), 2));
});

describe("determinism", () => {
  test("one and two threads, and a second session, give the same bits", async () => {
    const training = decoderStep({ ...small, width: 32, ffn: 64, vocab: 65, batch: 8, time: 33 });
    const runs = [];
    for (const threads of [1, 2, 2]) {
      runs.push(await withDevice({ threads }, (device) => train(device, training, 4)));
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  test("200 repetitions of 2,048 rows added into 8 give one result", async () => {
    const graph = createBuilder();
    const [row, time, width] = [
      graph.axis("row", 8),
      graph.axis("time", 2048),
      graph.axis("w", 64),
    ];
    const ids = graph.input("ids", "data", [time], "int");
    const rows = graph.input("rows", "data", [time, width], "real");
    const node = graph.apply("scatter_add", [rows, ids], { axis: row, keep: [] });
    const inputs = [
      { name: "ids", role: "data" as const, node: ids },
      { name: "rows", role: "data" as const, node: rows },
    ];
    const made = finished(graph, {
      name: "scatter",
      inputs,
      carried: [],
      outputs: [{ name: "sums", node }],
    });
    const chance = generator(5);
    const data = {
      ids: Int32Array.from({ length: 2048 }, () => Math.floor(8 * chance())),
      rows: Float32Array.from({ length: 2048 * 64 }, () => chance() - 0.5),
    };
    const results = await withDevice({ threads: 2 }, (device) =>
      train(device, { ...made, state: {}, data }, 200),
    );
    const sums = new Float64Array(8 * 64);
    data.ids.forEach((id, at) => {
      for (let w = 0; w < 64; w += 1) {
        sums[id * 64 + w] = (sums[id * 64 + w] ?? 0) + (data.rows[at * 64 + w] ?? 0);
      }
    });
    const [first] = results.outputs;
    expect(distance(first?.["sums"] ?? [], sums)).toBeLessThan(1e-6);
    for (const outputs of results.outputs) expect(outputs).toEqual(first);
  });

  test("the same step gives the same bytes", async () => {
    const { emitOnnx } = await import("../../compiler/targets/onnx/emit.ts");
    const { layout } = await import("../../compiler/layout/layout.ts");
    const models = [decoderStep(small), decoderStep(small)].map(
      ({ step, scalars }) => emitOnnx(layout(step), { flops: 0, scalars }).model,
    );
    expect(models[1]).toEqual(models[0]);
  });
});

describe("the WebAssembly build", () => {
  test("trains as the native one", async () => {
    const training = decoderStep(small);
    const native = await withDevice({}, (device) => train(device, training, 2));
    const web = await withDevice({ prefer: "web", threads: 1 }, async (device) => {
      expect(device.description).toContain("WebAssembly");
      return train(device, training, 2);
    });
    for (const [name, values] of Object.entries(web.state)) {
      expect(distance(values, native.state[name] ?? []), name).toBeLessThan(1e-4);
    }
  });
});
