import fc from "fast-check";
import { expect, test } from "vitest";
import type { LayoutTensor, ModelPlan, ParameterPlan } from "../../program/stage-plan.ts";
import { permute, readParameters, storedTensors } from "../../runtime/weights/layout.ts";
import { openTensorFolder, writeTensorFolder } from "../../runtime/weights/shards.ts";
import { memoryDisk } from "./memory-disk.ts";

test("a matrix is transposed, and a grid turned", () => {
  const values = Float32Array.from({ length: 6 }, (_, index) => index);
  expect([...permute(values, [2, 3], [1, 0])]).toEqual([0, 3, 1, 4, 2, 5]);
  const grid = Int32Array.from({ length: 24 }, (_, index) => index);
  const turned = permute(grid, [2, 3, 4], [2, 0, 1]);
  for (let a = 0; a < 2; a += 1) {
    for (let b = 0; b < 3; b += 1) {
      for (let c = 0; c < 4; c += 1) expect(turned[(c * 2 + a) * 3 + b]).toBe((a * 3 + b) * 4 + c);
    }
  }
});

const parameter = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
  stack: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  seed: fc.nat(),
});

test("what a layout writes is what it reads", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(parameter, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      async (drawn, plain) => {
        const parameters: ParameterPlan[] = [];
        const tensors: LayoutTensor[] = [];
        for (const [number, { sizes, stack, seed }] of drawn.entries()) {
          const own = sizes.map((size, axis) => ({ name: `d${axis}`, size }));
          const axes = stack === undefined ? own : [{ name: "depth", size: stack }, ...own];
          const [path, state] = [`p${number}`, `parameter:p${number}`];
          parameters.push({ path, state, axes, stack, trainable: true });
          const order = sizes
            .map((_, axis) => axis)
            .sort((a, b) => ((a * seed) % 7) - ((b * seed) % 7));
          // The last two axes are stored as one, as `(kv, head)` is.
          const stored = order.map((axis) => sizes[axis] ?? 1);
          const shape =
            stored.length > 2
              ? [...stored.slice(0, -2), (stored.at(-2) ?? 1) * (stored.at(-1) ?? 1)]
              : stored;
          const entries =
            stack === undefined ? [undefined] : Array.from({ length: stack }, (_, entry) => entry);
          for (const entry of entries)
            tensors.push({ name: `${path}.${entry ?? ""}`, state, entry, order, shape });
        }
        const layout = { format: "test", architecture: "Test", config: {}, tensors };
        const model: ModelPlan = {
          name: "test",
          parameters,
          parameterCount: 0,
          trainableCount: 0,
          vocabulary: undefined,
          layout,
        };
        const values = new Map(
          parameters.map(({ state, axes }, number) => [
            state,
            Float32Array.from(
              { length: axes.reduce((product, { size }) => product * size, 1) },
              (_, index) => number + Math.sin(index),
            ),
          ]),
        );
        const chosen = plain ? undefined : layout;
        const disk = memoryDisk();
        const read = async (state: string) => values.get(state) ?? new Float32Array();
        await writeTensorFolder(disk, "folder", storedTensors(model, chosen, read), 64);
        expect(await readParameters(await openTensorFolder(disk, "folder"), model, chosen)).toEqual(
          values,
        );
      },
    ),
    { numRuns: 300 },
  );
});
