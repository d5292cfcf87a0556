import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  causality,
  createBuilder,
  incremental,
  interpret,
  makeStep,
  optimise,
  verify,
} from "../../compiler/graph/index.ts";
import { axesAttribute } from "../../compiler/operations/attributes.ts";
import { entries } from "../../compiler/operations/shape.ts";
import { generator } from "../operations/cases.ts";
import { inOrder } from "./harness.ts";
import { buildRandomModel, layerKinds, type ModelPlan, modelPlan } from "./random-model.ts";

const [batchSize, timeSize, width] = [2, 9, 3];

interface Data {
  readonly x: Float64Array;
  readonly segment: Float64Array;
}

function drawData(seed: number): Data {
  const random = generator(seed);
  const x = Float64Array.from({ length: batchSize * timeSize * width }, () => 2 * random() - 1);
  const segment = new Float64Array(batchSize * timeSize);
  for (let row = 0; row < batchSize; row += 1) {
    let current = 1;
    for (let t = 0; t < timeSize; t += 1) {
      if (random() < 0.3) current += 1;
      segment[row * timeSize + t] = current;
    }
  }
  return { x, segment };
}

function weightsFor(plan: ModelPlan): Record<string, Float64Array> {
  const random = generator(5);
  const draw = (count: number) => Float64Array.from({ length: count }, () => 2 * random() - 1);
  return { weights: draw(plan.times * width * width), last: draw(width * width) };
}

function whole(plan: ModelPlan) {
  const build = createBuilder();
  const model = buildRandomModel(build, plan, batchSize, timeSize);
  const step = makeStep(build, "whole", [{ name: "y", node: model.output }], []);
  const run = (data: Data) =>
    interpret(step, { ...weightsFor(plan), ...data }).outputs["y"]?.values ?? new Float64Array();
  return { build, model, run };
}

/** Runs chunks of random lengths, rows on their own, padded tails full of noise. */
function chunked(
  plan: ModelPlan,
  data: Data,
  chunk: number,
  seed: number,
  writes: "store" | "select",
) {
  const { build, model } = whole(plan);
  const made = incremental(build, {
    name: "decode",
    outputs: [{ name: "y", node: model.output }],
    time: model.time,
    batch: model.batch,
    chunk,
    capacity: timeSize + 2,
    writes,
  });
  const step = optimise(build, made.step);
  expect(verify(step)).toEqual([]);
  const random = generator(seed);
  let state: Record<string, ArrayLike<number>> = Object.fromEntries(
    made.states.map(({ name, input, initial }) => [
      name,
      new Float64Array(entries(axesAttribute(input.attributes, "axes"))).fill(initial),
    ]),
  );
  const done = [0, 0];
  const y = new Float64Array(batchSize * timeSize * width);
  while (done.some((at) => at < timeSize)) {
    const count = done.map((at) => Math.min(timeSize - at, Math.floor(random() * (chunk + 1))));
    const x = Float64Array.from({ length: batchSize * chunk * width }, () => 100 * random());
    const segment = Float64Array.from(
      { length: batchSize * chunk },
      () => 1 + Math.floor(3 * random()),
    );
    for (let row = 0; row < batchSize; row += 1) {
      for (let t = 0; t < (count[row] ?? 0); t += 1) {
        const from = row * timeSize + (done[row] ?? 0) + t;
        const to = row * chunk + t;
        segment[to] = data.segment[from] ?? 0;
        x.set(data.x.subarray(from * width, (from + 1) * width), to * width);
      }
    }
    const result = interpret(step, { ...weightsFor(plan), ...state, x, segment, count });
    const output = result.outputs["y"];
    const made = output === undefined ? [] : inOrder(output, ["batch", "time", "width"]);
    for (let row = 0; row < batchSize; row += 1) {
      const real = count[row] ?? 0;
      const from = row * chunk * width;
      y.set(made.slice(from, from + real * width), (row * timeSize + (done[row] ?? 0)) * width);
      done[row] = (done[row] ?? 0) + real;
    }
    state = { ...state, ...result.next };
  }
  return y;
}

/** To the bit; -0 and 0 differ here, NaN does not occur. */
function expectSameBits(made: Float64Array | Float32Array, expected: Float64Array | Float32Array) {
  expect([...made]).toEqual([...expected]);
  expect(expected.some((value) => Number.isNaN(value))).toBe(false);
}

const plans: readonly ModelPlan[] = layerKinds.flatMap((kind): ModelPlan[] => [
  { layers: [kind], repeated: [], times: 1 },
  { layers: ["wave"], repeated: [kind], times: 2 },
]);
const some = { numRuns: 40, seed: 20261125 };

describe("decoding in chunks", () => {
  it.each(plans)("equals the whole to the bit: $layers after $repeated", (plan) => {
    const data = drawData(1);
    const expected = whole(plan).run(data);
    for (const writes of ["store", "select"] as const) {
      for (const chunk of [1, 4]) {
        expectSameBits(chunked(plan, data, chunk, 3 + chunk, writes), expected);
      }
    }
  });

  it("equals the whole to the bit for random models, chunkings and rows", () => {
    fc.assert(
      fc.property(modelPlan, fc.integer({ min: 1, max: 5 }), fc.nat(1000), (plan, chunk, seed) => {
        const data = drawData(seed);
        expectSameBits(chunked(plan, data, chunk, seed, "store"), whole(plan).run(data));
      }),
      some,
    );
  });
});

describe("what a decoder remembers", () => {
  const shapes = (plan: ModelPlan, chunk: number) => {
    const { build, model } = whole(plan);
    const { time, batch, output } = model;
    const outputs = [{ name: "y", node: output }];
    const request = { name: "decode", outputs, time, batch, chunk, capacity: 20 };
    return incremental(build, request).states.map(({ name, input }) => [
      name,
      axesAttribute(input.attributes, "axes").map((axis) => axis.size),
    ]);
  };

  it("is as many rows as fit, the segment among them, and where they were", () => {
    const plan: ModelPlan = { layers: ["attention"], repeated: ["attention"], times: 3 };
    expect(shapes(plan, 4)).toEqual([
      ["decoder.written", [batchSize]],
      ["decoder.place", [batchSize, 20]],
      ["decoder.kept.0", [batchSize, 20]],
      ["decoder.kept.1", [3, batchSize, 20, width]],
      ["decoder.kept.2", [3, batchSize, 20, width]],
      ["decoder.kept.3", [batchSize, 20, width]],
      ["decoder.kept.4", [batchSize, 20, width]],
    ]);
  });

  it("is no more than a window reaches back, and the last rows of a shift", () => {
    const plan: ModelPlan = { layers: ["window", "shift"], repeated: [], times: 1 };
    expect(shapes(plan, 4)).toEqual([
      ["decoder.written", [batchSize]],
      ["decoder.place.1", [batchSize, 1]],
      ["decoder.last.0", [batchSize, 1]],
      ["decoder.last.1", [batchSize, 1, width]],
      ["decoder.last.2", [batchSize, 1, width]],
      ["decoder.last.3", [batchSize, 1, width]],
      ["decoder.last.4", [batchSize, 3, width]],
    ]);
  });

  it("has the same names and shapes for every size of chunk", () => {
    const plan: ModelPlan = {
      layers: ["window", "running sum"],
      repeated: ["attention"],
      times: 2,
    };
    expect(shapes(plan, 1)).toEqual(shapes(plan, 5));
  });
});

describe("random models of the allowed operations", () => {
  it("are proved causal, and no later input changes a bit of an earlier output", () => {
    fc.assert(
      fc.property(
        modelPlan,
        fc.integer({ min: 1, max: timeSize - 1 }),
        fc.nat(1000),
        (plan, t, seed) => {
          const { build, model, run } = whole(plan);
          const { leaks } = causality({
            outputs: [model.output],
            time: model.time,
            batch: model.batch,
            segment: model.segment,
            unavailable: [],
            originsOf: build.originsOf,
          });
          expect(leaks).toEqual([]);
          const data = drawData(seed);
          const before = run(data);
          const x = data.x.map((value, place) =>
            Math.floor(place / width) % timeSize >= t ? value + 0.3 : value,
          );
          const after = run({ ...data, x });
          const earlier = (values: ArrayLike<number>) =>
            Array.from(values).filter((_, place) => Math.floor(place / width) % timeSize < t);
          expect(earlier(after)).toEqual(earlier(before));
        },
      ),
      some,
    );
  });

  it("that are proved separate let no segment change a bit of another", () => {
    let proved = 0;
    fc.assert(
      fc.property(modelPlan, fc.nat(1000), (plan, seed) => {
        const { build, model, run } = whole(plan);
        const { crossings } = causality({
          outputs: [model.output],
          time: model.time,
          batch: model.batch,
          segment: model.segment,
          unavailable: [],
          originsOf: build.originsOf,
        });
        const crosses = [...plan.layers, ...plan.repeated].some((kind) =>
          ["attention without segments", "shift", "running sum"].includes(kind),
        );
        expect(crossings.length > 0).toBe(crosses);
        if (crosses) return;
        proved += 1;
        const data = drawData(seed);
        const changed = data.x.map((value, place) =>
          data.segment[Math.floor(place / width)] === 2 ? value - 0.4 : value,
        );
        const before = run(data);
        const after = run({ ...data, x: changed });
        const others = (values: ArrayLike<number>) =>
          Array.from(values).filter((_, place) => data.segment[Math.floor(place / width)] !== 2);
        expect(others(after)).toEqual(others(before));
      }),
      { ...some, numRuns: 80 },
    );
    expect(proved).toBeGreaterThan(5);
  });
});
