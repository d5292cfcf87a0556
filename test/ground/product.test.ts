import type { InferenceSession, Tensor } from "onnxruntime-web";
import { expect, test } from "vitest";
import { productModel } from "./onnx-message.ts";

/** What the native and the WebAssembly package have in common. */
interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, sizes: number[]) => Tensor;
}

const runtimes: readonly (readonly [string, () => Promise<OnnxRuntime>])[] = [
  ["onnxruntime-node", () => import("onnxruntime-node")],
  ["onnxruntime-web", () => import("onnxruntime-web")],
];

test.each(runtimes)("%s multiplies matrices", async (_, load) => {
  const runtime = await load();
  const [rows, inner, columns] = [3, 5, 2];
  const a = Float32Array.from({ length: rows * inner }, (_, index) => index - 4);
  const b = Float32Array.from({ length: inner * columns }, (_, index) => 2 * index - 7);
  const session = await runtime.InferenceSession.create(productModel(rows, inner, columns), {
    executionProviders: [load === runtimes[0]?.[1] ? "cpu" : "wasm"],
    logSeverityLevel: 3,
  });
  const outputs = await session.run({
    a: new runtime.Tensor("float32", a, [rows, inner]),
    b: new runtime.Tensor("float32", b, [inner, columns]),
  });
  await session.release();

  const expected = Array.from({ length: rows * columns }, (_, place) => {
    const [row, column] = [Math.floor(place / columns), place % columns];
    return Array.from({ length: inner }, (_, k) => k).reduce(
      (sum, k) => sum + (a[row * inner + k] ?? 0) * (b[k * columns + column] ?? 0),
      0,
    );
  });
  expect(outputs["c"]?.dims).toEqual([rows, columns]);
  expect(Array.from((outputs["c"]?.data ?? []) as Iterable<number>)).toEqual(expected);
});
