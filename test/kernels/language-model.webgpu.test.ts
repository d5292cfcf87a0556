import { afterAll, beforeAll, expect, test } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import { hardwareProfile, profileOf } from "../../compiler/kernels/profile.ts";
import { entries, type Store, type Values } from "../../runtime/device/device.ts";
import type { WebGpuDevice } from "../../runtime/device/webgpu/open.ts";
import { distance, generator } from "../operations/case.ts";
import { compile, openTestDevice } from "./harness.ts";
import { tenth, trainingStep } from "./language-model.ts";

let device: WebGpuDevice;
const step = trainingStep(tenth);

beforeAll(async () => {
  device = await openTestDevice();
});

afterAll(async () => {
  await device.close();
});

/** Weights, empty moments and token ids. */
function initial(): Record<string, Float32Array | Int32Array> {
  const chance = generator(7);
  return Object.fromEntries(
    step.inputs
      .filter((input) => input.role !== "host")
      .map(({ name, node }) => {
        const length = entries(node.axes.map((axis) => axis.size));
        if (node.element === "int") {
          const id = () => Math.floor(tenth.vocabulary * chance() ** 2);
          return [name, Int32Array.from({ length }, id)];
        }
        const number = () => {
          if (/^[mv]\./.test(name)) return 0;
          return name.startsWith("norm") ? 1 : 0.1 * (2 * chance() - 1);
        };
        return [name, Float32Array.from({ length }, number)];
      }),
  );
}

async function stateOf(store: Store): Promise<Record<string, Values>> {
  const read = await Promise.all(store.names.map(async (name) => [name, await store.read(name)]));
  return Object.fromEntries(read);
}

test.each(["own", "hardware"])(
  "three steps with %s schedules equal the interpreter",
  async (kind) => {
    const own = profileOf(device.facts);
    const executable = compile(step, kind === "own" ? own : hardwareProfile(own.limits));
    const loaded = await device.load(executable);
    const store = device.openStore();
    const values = initial();
    for (const port of executable.state)
      store.create(port, values[port.name] ?? new Float32Array());
    expect(device.bytes).toBe(store.bytes + executable.temporaryBytes);
    const data: Record<string, Values> = {};
    for (const { name } of executable.data) data[name] = values[name] ?? new Int32Array();
    for (const count of [1, 2, 3]) {
      const before = await stateOf(store);
      const found = await loaded.run(store, { data, variables: { step: count }, read: true });
      const after = await stateOf(store);
      const wanted = interpret(step, { ...data, ...before }, { scalars: { step: count } });
      expect(distance(found["loss"] ?? [], wanted.outputs["loss"]?.values ?? [])).toBeLessThan(
        1e-6,
      );
      expect(distance(found["norm"] ?? [], wanted.outputs["norm"]?.values ?? [])).toBeLessThan(
        1e-6,
      );
      for (const { name } of executable.state) {
        const error = distance(after[name] ?? [], wanted.next[name] ?? []);
        // A direction is a quotient of moments; where the gradient is its own rounding, so is it.
        const bar = /^[mv]\./.test(name) ? 5e-6 : 1e-4;
        expect(error, `${name} after step ${count}`).toBeLessThan(bar);
      }
    }
    await loaded.close();
    store.dispose();
  },
);
