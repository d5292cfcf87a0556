import { afterAll, beforeAll, describe } from "vitest";
import { interpreter, type Machine, onnx } from "../run/machine.ts";
import { testGoldenModels } from "./models.ts";
import { testTorchtune } from "./torchtune.ts";

describe("the interpreter", () => {
  const machine = interpreter();
  testGoldenModels(() => machine, { relative: 1e-10, moved: 1e-6, updated: 1e-10 });
  testTorchtune(() => machine, 1e-10);
});

describe("ONNX Runtime", () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await onnx();
  });

  afterAll(() => machine.close());

  testGoldenModels(() => machine, { relative: 1e-5, moved: 0.05, updated: 1e-6 });
  testTorchtune(() => machine, 1e-5);
});
