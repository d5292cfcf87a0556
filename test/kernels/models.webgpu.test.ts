import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createBuilder,
  differentiate,
  incremental,
  makeStep,
  optimise,
} from "../../compiler/graph/index.ts";
import type { Step } from "../../compiler/graph/step.ts";
import { axesAttribute } from "../../compiler/operations/attributes.ts";
import { entries } from "../../compiler/operations/shape.ts";
import type { WebGpuDevice } from "../../runtime/device/webgpu/open.ts";
import { buildRandomModel, layerKinds, type ModelPlan, modelPlan } from "../graph/random-model.ts";
import { generator } from "../operations/case.ts";
import { differences, openTestDevice, type StepValues } from "./harness.ts";

let device: WebGpuDevice;

beforeAll(async () => {
  device = await openTestDevice();
});

afterAll(async () => {
  await device.close();
});

/** Values for every input: reals around 0, and small whole numbers. */
function drawn(step: Step, own: StepValues): StepValues {
  const chance = generator(9);
  const values: Record<string, Float32Array | Int32Array> = {};
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

async function compare(step: Step, own: StepValues = {}): Promise<void> {
  expect(await differences(device, step, drawn(step, own), { tolerance: 1e-4 })).toEqual([]);
}

/** The model and the gradients of Σ y² by its weights. */
async function compareTraining(plan: ModelPlan): Promise<void> {
  const build = createBuilder();
  const { output } = buildRandomModel(build, plan, 2, 9);
  const square = build.apply("power", [output, build.constant(2)]);
  const loss = build.apply("sum", [square], { over: output.axes });
  const forward = makeStep(build, "model", [{ name: "y", node: output }], []);
  const weights = forward.inputs.filter(({ role }) => role === "state");
  const wanted = weights.map(({ node }) => node);
  const gradients = differentiate(build, loss, wanted).map((node, place) => ({
    name: `gradient of ${weights[place]?.name}`,
    node,
  }));
  const outputs = [{ name: "y", node: output }, ...gradients];
  await compare(optimise(build, makeStep(build, "training", outputs, [])));
}

/** One chunk of the derived decoder, with something in its memory. */
async function compareDecoder(plan: ModelPlan, chunk: number): Promise<void> {
  const build = createBuilder();
  const { output, time, batch } = buildRandomModel(build, plan, 2, 9);
  const request = { name: "decode", outputs: [{ name: "y", node: output }], time, batch };
  const made = incremental(build, { ...request, chunk, capacity: 12 });
  await compare(optimise(build, made.step), {
    count: Int32Array.of(chunk, Math.max(0, chunk - 1)),
    "decoder.written": Int32Array.of(2, 3),
    "decoder.place": Int32Array.from({ length: 24 }, (_, at) =>
      at % 12 < (at < 12 ? 2 : 3) ? at % 12 : 2 ** 30,
    ),
  });
}

const plans: readonly ModelPlan[] = layerKinds.map((kind) => ({
  layers: ["wave"],
  repeated: [kind],
  times: 3,
}));

describe("models of the operations that causality allows", () => {
  test.each(plans)("training with $repeated", (plan) => compareTraining(plan));

  test.each(plans)("a chunk of three with $repeated", (plan) => compareDecoder(plan, 3));

  test("random models", async () => {
    await fc.assert(
      fc.asyncProperty(modelPlan, async (plan) => {
        await compareTraining(plan);
        await compareDecoder(plan, 1);
      }),
      { numRuns: 5, seed: 1 },
    );
  });
});
