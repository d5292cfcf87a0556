import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createBuilder,
  differentiate,
  incremental,
  interpret,
  makeStep,
  optimise,
} from "../../compiler/graph/index.ts";
import type { Step } from "../../compiler/graph/step.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { verifyOrdered } from "../../compiler/layout/verify.ts";
import { axesAttribute } from "../../compiler/operations/attributes.ts";
import { entries } from "../../compiler/operations/shape.ts";
import { emitOnnx } from "../../compiler/targets/onnx/emit.ts";
import type { Device, Values } from "../../runtime/device/device.ts";
import { openOnnxDevice } from "../../runtime/device/onnx/open.ts";
import { buildRandomModel, layerKinds, type ModelPlan, modelPlan } from "../graph/random-model.ts";
import { distance, generator } from "../operations/case.ts";

let device: Device;

beforeAll(async () => {
  device = await openOnnxDevice({ threads: 2, processor: "tests" });
});

afterAll(async () => {
  await device.close();
});

type Inputs = Readonly<Record<string, Values>>;

/** Values for every input: reals around 0, and small whole numbers. */
function drawn(step: Step, own: Inputs): Record<string, Values> {
  const chance = generator(9);
  const values: Record<string, Values> = {};
  for (const { name, node } of step.inputs) {
    const length = entries(axesAttribute(node.attributes, "axes"));
    values[name] =
      own[name] ??
      (node.element === "real"
        ? Float32Array.from({ length }, () => 2 * chance() - 1)
        : Int32Array.from({ length }, () => Math.floor(3 * chance())));
  }
  return values;
}

async function compare(step: Step, own: Inputs = {}): Promise<void> {
  const ordered = layout(step);
  expect(verifyOrdered(ordered)).toEqual([]);
  const executable = emitOnnx(ordered, { flops: 0 });
  const values = drawn(step, own);
  const loaded = await device.load(executable);
  const store = device.openStore();
  for (const port of executable.state) store.create(port, values[port.name]);
  const data = Object.fromEntries(
    executable.data.map(({ name }) => [name, values[name] ?? new Float32Array()]),
  );
  const found = await loaded.run(store, { data, variables: {}, read: true });
  const wanted = interpret(step, values);
  for (const [name, { values }] of Object.entries(wanted.outputs)) {
    expect(distance(found[name] ?? [], values), name).toBeLessThan(1e-4);
  }
  for (const [name, next] of Object.entries(wanted.next)) {
    expect(distance(await store.read(name), next), name).toBeLessThan(1e-4);
  }
  await loaded.close();
}

const number = (build: ReturnType<typeof createBuilder>, value: number) => build.constant(value);

/** The model and the gradients of Σ y² by its weights. */
async function compareTraining(plan: ModelPlan): Promise<void> {
  const build = createBuilder();
  const { output } = buildRandomModel(build, plan, 2, 9);
  const square = build.apply("power", [output, number(build, 2)]);
  const loss = build.apply("sum", [square], { over: output.axes });
  const forward = makeStep(build, "model", [{ name: "y", node: output }], []);
  const weights = forward.inputs.filter(({ role }) => role === "state");
  const gradients = differentiate(
    build,
    loss,
    weights.map(({ node }) => node),
  );
  const outputs = [
    { name: "y", node: output },
    ...gradients.map((node, place) => ({ name: `gradient of ${weights[place]?.name}`, node })),
  ];
  await compare(optimise(build, makeStep(build, "training", outputs, [])));
}

/** One chunk of the derived decoder, with something in its memory. */
async function compareDecoder(plan: ModelPlan, chunk: number): Promise<void> {
  const build = createBuilder();
  const { output, time, batch } = buildRandomModel(build, plan, 2, 9);
  const made = incremental(build, {
    name: "decode",
    outputs: [{ name: "y", node: output }],
    time,
    batch,
    chunk,
    capacity: 12,
  });
  const count = Int32Array.of(chunk, Math.max(0, chunk - 1));
  await compare(optimise(build, made.step), {
    count,
    "decoder.written": Int32Array.of(2, 3),
    "decoder.place": Int32Array.from({ length: 24 }, (_, at) =>
      at % 12 < (at < 12 ? 2 : 3) ? at % 12 : 2 ** 30,
    ),
  });
}

const plans: readonly ModelPlan[] = layerKinds.flatMap((kind): ModelPlan[] => [
  { layers: [kind], repeated: [], times: 1 },
  { layers: ["wave"], repeated: [kind], times: 3 },
]);

describe("models of the operations that causality allows", () => {
  test.each(plans)("training $layers after $repeated", (plan) => compareTraining(plan));

  test.each(plans)("a chunk of three for $layers after $repeated", (plan) =>
    compareDecoder(plan, 3),
  );

  test.each(plans)("one token for $layers after $repeated", (plan) => compareDecoder(plan, 1));

  test("random models", async () => {
    await fc.assert(
      fc.asyncProperty(modelPlan, async (plan) => {
        await compareTraining(plan);
        await compareDecoder(plan, 2);
      }),
      { numRuns: 25, seed: 1 },
    );
  });
});
