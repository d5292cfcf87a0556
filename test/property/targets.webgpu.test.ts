import { afterAll, beforeAll } from "vitest";
import { type Machine, webGpu } from "../run/machine.ts";
import { testCachedDecoding } from "./cached-decoding.ts";
import { testMicroBatches } from "./micro-batches.ts";

let machine: Machine;

beforeAll(async () => {
  machine = await webGpu();
});

afterAll(() => machine.close());

testCachedDecoding(() => machine, 1e-5);
testMicroBatches(() => machine, 5e-6);
