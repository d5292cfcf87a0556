import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { verifyOrdered } from "../../compiler/layout/verify.ts";
import { emitOnnx } from "../../compiler/targets/onnx/emit.ts";
import type { Device } from "../../runtime/device/device.ts";
import { openOnnxDevice } from "../../runtime/device/onnx/open.ts";
import { caseStep, distance } from "./case.ts";
import { caseSizes, operationCases } from "./operation-cases.ts";

let device: Device;

beforeAll(async () => {
  device = await openOnnxDevice({ threads: 2, processor: "tests" });
});

afterAll(async () => {
  await device.close();
});

describe("every operation on ONNX Runtime against the interpreter", () => {
  test.each(caseSizes)("size %i", async (size) => {
    const { step, values } = caseStep(operationCases, size);
    const ordered = layout(step);
    expect(verifyOrdered(ordered)).toEqual([]);
    const loaded = await device.load(emitOnnx(ordered, { flops: 0 }));
    const found = await loaded.run(device.openStore(), { data: values, variables: {}, read: true });
    const wanted = interpret(step, values).outputs;
    const wrong = operationCases.flatMap(({ name, tolerance = 0 }) => {
      const error = distance(found[name] ?? [], wanted[name]?.values ?? [Number.NaN]);
      return error <= tolerance ? [] : [{ name, error }];
    });
    expect(wrong).toEqual([]);
    await loaded.close();
  });
});
