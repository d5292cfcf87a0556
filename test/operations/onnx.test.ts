import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBuilder } from "../../compiler/graph/build.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { makeStep } from "../../compiler/graph/optimise.ts";
import type { Step } from "../../compiler/graph/step.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { verifyOrdered } from "../../compiler/layout/verify.ts";
import { operations } from "../../compiler/operations/table.ts";
import { emitOnnx } from "../../compiler/targets/onnx/emit.ts";
import type { Device, Values } from "../../runtime/device/device.ts";
import { openOnnxDevice } from "../../runtime/device/onnx/open.ts";
import { caseStep, distance } from "./case.ts";
import { buildCase, cases, sizes } from "./cases.ts";
import { caseSizes, operationCases } from "./operation-cases.ts";

let device: Device;

beforeAll(async () => {
  device = await openOnnxDevice({ threads: 2, processor: "tests" });
});

afterAll(async () => {
  await device.close();
});

async function compute(step: Step, data: Readonly<Record<string, Values>>) {
  const ordered = layout(step);
  expect(verifyOrdered(ordered)).toEqual([]);
  const loaded = await device.load(emitOnnx(ordered, { flops: 0 }));
  const found = await loaded.run(device.openStore(), { data, variables: {}, read: true });
  await loaded.close();
  return found;
}

describe("cases of a kind on ONNX Runtime against the interpreter", () => {
  test.each(caseSizes)("size %i", async (size) => {
    const { step, values } = caseStep(operationCases, size);
    const found = await compute(step, values);
    const wanted = interpret(step, values).outputs;
    const wrong = operationCases.flatMap(({ name, tolerance = 0 }) => {
      const error = distance(found[name] ?? [], wanted[name]?.values ?? [Number.NaN]);
      return error <= tolerance ? [] : [{ name, error }];
    });
    expect(wrong).toEqual([]);
  });
});

describe("every row of the table on ONNX Runtime against the interpreter", () => {
  const names = Object.keys(operations) as (keyof typeof operations)[];

  test.each(names)("%s", async (name) => {
    for (const make of cases[name]) {
      for (const size of sizes) {
        const build = createBuilder();
        const { inputs, values, result } = buildCase(build, name, make, size);
        const step = makeStep(build, name, [{ name: "result", node: result }], []);
        const data: Record<string, Values> = {};
        for (const [place, input] of inputs.entries()) {
          const array = input.element === "real" ? Float32Array : Int32Array;
          data[`x${place}`] = array.from(values[place] ?? []);
        }
        const found = await compute(step, data);
        const wanted = interpret(step, data).outputs["result"];
        const error = distance(found["result"] ?? [], wanted?.values ?? []);
        expect(error, `size ${size}`).toBeLessThan(1e-5);
      }
    }
  });
});
