import { describe, expect, test } from "vitest";
import { createBuilder } from "../../compiler/graph/build.ts";
import { makeStep } from "../../compiler/graph/optimise.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { emitOnnx } from "../../compiler/targets/onnx/emit.ts";
import { withDevice } from "./onnx-harness.ts";

/** Adds `x` to the state `total` [a, b], which is stored as [b, a]; gives what it was and a truth value. */
function adding() {
  const graph = createBuilder();
  const [a, b] = [graph.axis("a", 2), graph.axis("b", 3)];
  const total = graph.input("total", "state", [b, a], "real");
  const x = graph.input("x", "data", [a, b], "real");
  const rate = graph.input("rate", "host", [], "real");
  const twice = graph.apply("multiply", [rate, graph.constant(2)]);
  const next = graph.apply("add", [total, graph.apply("multiply", [x, twice])]);
  const outputs = [
    { name: "before", node: total },
    { name: "positive", node: graph.apply("less", [graph.constant(0), total]) },
  ];
  return emitOnnx(layout(makeStep(graph, "adding", outputs, [{ state: total, next }])), {
    flops: 0,
  });
}

/** Sums the same state. */
function summing() {
  const graph = createBuilder();
  const [a, b] = [graph.axis("a", 2), graph.axis("b", 3)];
  const total = graph.input("total", "state", [b, a], "real");
  const node = graph.apply("sum", [total], { over: [a, b] });
  return emitOnnx(layout(makeStep(graph, "summing", [{ name: "sum", node }], [])), { flops: 0 });
}

const x = Float32Array.of(1, 2, 3, 4, 5, 6);

describe("state on the device", () => {
  test("is replaced by one program, read by another, and copied when it is read", async () => {
    await withDevice({}, async (device) => {
      const [add, sum] = [await device.load(adding()), await device.load(summing())];
      const store = device.openStore();
      for (const port of add.executable.state) store.create(port);
      const inputs = { data: { x }, variables: { rate: 0.5 }, read: false };
      expect(await add.run(store, inputs)).toEqual({});
      const first = await store.read("total");
      expect([...first]).toEqual([1, 4, 2, 5, 3, 6]);
      const outputs = await add.run(store, { ...inputs, read: true });
      expect([...(outputs["before"] ?? [])]).toEqual([...x]);
      expect(outputs["positive"]).toEqual(Int32Array.of(1, 1, 1, 1, 1, 1));
      const sums = await sum.run(store, { data: {}, variables: {}, read: true });
      expect(sums["sum"]?.[0]).toBe(42);
      expect([...first]).toEqual([1, 4, 2, 5, 3, 6]);
      store.write("total", first);
      expect(await store.read("total")).toEqual(first);
    });
  });

  test("ports, interface and bytes are as the step says", async () => {
    const executable = adding();
    expect(executable.state).toEqual([
      { name: "total", shape: [3, 2], element: "f32", written: true },
    ]);
    expect(executable.data).toEqual([{ name: "x", shape: [2, 3], element: "f32" }]);
    expect(executable.outputs).toEqual([
      { name: "before", shape: [2, 3], element: "f32" },
      { name: "positive", shape: [2, 3], element: "i32" },
    ]);
    expect(executable.scalars).toHaveLength(1);
    await withDevice({}, async (device) => {
      const store = device.openStore();
      const port = { name: "v", shape: [2, 2], element: "i32" } as const;
      store.create(port, Int32Array.of(1, 2, 3, 4));
      expect([store.names, store.bytes, store.has("v"), store.port("v")]).toEqual([
        ["v"],
        16,
        true,
        port,
      ]);
      expect(() => store.create(port)).toThrow("has v already");
      expect(() => store.write("v", Float32Array.of(1, 2, 3, 4))).toThrow("wants 4 i32");
      store.dispose("v");
      expect(store.names).toEqual([]);
    });
  });

  test("a run names what it lacks", async () => {
    await withDevice({}, async (device) => {
      const add = await device.load(adding());
      const store = device.openStore();
      const inputs = { data: { x }, variables: { rate: 1 }, read: true };
      await expect(add.run(store, inputs)).rejects.toThrow("no total");
      for (const port of add.executable.state) store.create(port);
      await expect(add.run(store, { ...inputs, data: {} })).rejects.toThrow("wants x");
      await expect(add.run(store, { ...inputs, variables: {} })).rejects.toThrow("rate");
      await add.close();
      await expect(add.run(store, inputs)).rejects.toThrow("closed");
    });
  });

  test("a device says what decides its results", async () => {
    await withDevice({ threads: 1 }, async (device) => {
      expect(device.facts).toMatchObject({ target: "cpu", threads: 1, processor: "tests" });
      expect(device.facts["version"]).toMatch(/^\d+\.\d+/);
      const loaded = await device.load(summing());
      expect(loaded.facts).toEqual({ optimisation: "basic" });
    });
  });
});
