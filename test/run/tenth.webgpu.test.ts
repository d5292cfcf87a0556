import { afterAll, beforeAll } from "vitest";
import { type Machine, webGpu } from "./machine.ts";
import { testTenth } from "./tenth.ts";

let machine: Machine;

beforeAll(async () => {
  machine = await webGpu();
});

afterAll(() => machine.close());

testTenth(() => machine);
