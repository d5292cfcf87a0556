import { afterAll, beforeAll, describe } from "vitest";
import { interpreter, type Machine, onnx } from "../run/machine.ts";
import { testCachedDecoding } from "./cached-decoding.ts";
import { testMicroBatches } from "./micro-batches.ts";

describe("the interpreter", () => {
  const machine = interpreter();
  testCachedDecoding(() => machine, Number.MIN_VALUE);
  testMicroBatches(() => machine, 1e-12);
});

describe("ONNX Runtime", () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await onnx();
  });

  afterAll(() => machine.close());

  testCachedDecoding(() => machine, 1e-5);
  testMicroBatches(() => machine, 5e-6);
});
