import { expect, test } from "vitest";
import { filesOf } from "../cases.ts";
import { folderOf, openDevice, readStage, runRecipe, stepsOf } from "../run.ts";

const device = openDevice();

/** The stored numbers of a safetensors file. */
function numbersOf(file: Buffer): Float32Array {
  const from = 8 + Number(file.readBigUInt64LE(0));
  return new Float32Array(Uint8Array.from(file.subarray(from)).buffer);
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** 1 × 8 = 8 × 1: a loss is a sum and a count, and each term is divided once. */
test.each(filesOf("17-micro-batches", ".recipe"))("%s, however it is cut", async (recipe) => {
  const whole = await result(recipe, 8);
  const single = await result(recipe, 1);
  const pairs = await result(recipe, 2);
  for (const other of [single, pairs]) {
    other.losses.forEach((loss, index) => {
      expect(Math.abs(loss / (whole.losses[index] ?? 0) - 1)).toBeLessThan(5e-6);
    });
    expect(other.counts).toEqual(whole.counts);
    expect(other.weights.length).toBe(whole.weights.length);
    const differences = other.weights.map((value, index) => value - (whole.weights[index] ?? 0));
    expect(largest(differences) / largest(whole.weights)).toBeLessThan(5e-6);
  }
});

async function result(recipe: string, rows: number) {
  const folder = folderOf("17-micro-batches", recipe);
  const inputs = { micro: `${rows} sequences` };
  const steps = stepsOf(await runRecipe({ device: device(), folder, recipe, inputs }));
  expect(steps.length).toBe(10);
  return {
    losses: steps.map(({ loss }) => loss),
    counts: steps.map(({ count }) => count),
    weights: numbersOf(readStage(folder, recipe, "model.safetensors")),
  };
}
