import { afterAll, beforeAll } from "vitest";
import { type Machine, webGpu } from "../run/machine.ts";
import { testGoldenModels } from "./models.ts";
import { testTorchtune } from "./torchtune.ts";

let machine: Machine;

beforeAll(async () => {
  machine = await webGpu();
});

afterAll(() => machine.close());

testGoldenModels(() => machine, { relative: 1e-5, moved: 0.05, updated: 1e-6 });
testTorchtune(() => machine, 1e-5);
