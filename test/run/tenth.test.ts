import { afterAll, beforeAll } from "vitest";
import { type Machine, onnx } from "./machine.ts";
import { testTenth } from "./tenth.ts";

let machine: Machine;

beforeAll(async () => {
  machine = await onnx();
});

afterAll(() => machine.close());

testTenth(() => machine);
