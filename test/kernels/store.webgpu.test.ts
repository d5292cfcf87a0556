import { afterEach, beforeEach, expect, test } from "vitest";
import { createBuilder } from "../../compiler/graph/index.ts";
import { profileOf } from "../../compiler/kernels/profile.ts";
import type { WebGpuDevice } from "../../runtime/device/webgpu/open.ts";
import { compile, openTestDevice } from "./harness.ts";

let device: WebGpuDevice;

beforeEach(async () => {
  device = await openTestDevice();
});

afterEach(async () => {
  await device.close();
});

test("a store keeps what it was given, and its bytes are the device's", async () => {
  const store = device.openStore();
  const [real, int] = [Float32Array.of(1, -2.5, 3e-20, 4, 5), Int32Array.of(-7, 8, 2 ** 31 - 1)];
  store.create({ name: "real", shape: [5], element: "f32" }, real);
  store.create({ name: "int", shape: [3, 1], element: "i32" }, int);
  store.create({ name: "zero", shape: [], element: "f32" });
  expect(await store.read("real")).toEqual(real);
  expect(await store.read("int")).toEqual(int);
  expect(await store.read("zero")).toEqual(Float32Array.of(0));
  store.write(
    "real",
    real.map((value) => 2 * value),
  );
  expect((await store.read("real"))[1]).toBe(-5);
  expect(store.bytes).toBe(32 + 16 + 16);
  expect(device.bytes).toBe(store.bytes);
  store.dispose("int");
  expect(store.names).toEqual(["real", "zero"]);
  store.dispose();
  expect(device.bytes).toBe(0);
});

test("a tensor larger than the memory for reading back is read in parts", async () => {
  const store = device.openStore();
  const length = 17 * 1024 * 1024 + 3;
  const values = Float32Array.from({ length }, (_, index) => index % 1021);
  store.create({ name: "small", shape: [3], element: "f32" }, Float32Array.of(1, 2, 3));
  store.create({ name: "large", shape: [length], element: "f32" }, values);
  const [small, large] = await Promise.all([store.read("small"), store.read("large")]);
  expect(small).toEqual(Float32Array.of(1, 2, 3));
  expect(Buffer.compare(Buffer.from(large.buffer, 0, 4 * length), Buffer.from(values.buffer))).toBe(
    0,
  );
});

test("programs share a store, also after a state was made anew, and free what they own", async () => {
  const graph = createBuilder();
  const axis = graph.axis("a", 6);
  const state = graph.input("state", "state", [axis], "real");
  const step = (name: string, factor: number) => ({
    name,
    inputs: [{ name: "state", role: "state" as const, node: state }],
    carried: [{ state: "state", next: graph.apply("multiply", [state, graph.constant(factor)]) }],
    outputs: [],
    origins: graph.origins,
  });
  const profile = profileOf(device.facts);
  const programs = await Promise.all(
    [2, 3].map((factor) => device.load(compile(step(`times ${factor}`, factor), profile))),
  );
  const store = device.openStore();
  const port = { name: "state", shape: [6], element: "f32" as const };
  for (const start of [1, 10]) {
    store.create(port, new Float32Array(6).fill(start));
    for (const program of programs) {
      await program.run(store, { data: {}, variables: {}, read: false });
    }
    expect(await store.read("state")).toEqual(new Float32Array(6).fill(6 * start));
    store.dispose("state");
  }
  for (const program of programs) await program.close();
  expect(device.bytes).toBe(0);
});
