import { describe, expect, it } from "vitest";
import { randomState, uniform, uniforms } from "../../program/random.ts";

const count = 200_000;

describe("random numbers", () => {
  it("are these, on every machine and in every version", () => {
    expect([...uniforms(1, "initial", 4)]).toMatchInlineSnapshot(`
      [
        0.5800565481185913,
        0.8576470017433167,
        0.500883162021637,
        0.6600267887115479,
      ]
    `);
  });

  it("are a function of seed, key and index alone", () => {
    const state = randomState(7, "dropout");
    const all = uniforms(7, "dropout", 100);
    expect(uniform(state, 63)).toBe(all[63]);
    expect(uniforms(7, "dropout", 10)).toEqual(all.slice(0, 10));
    expect(uniforms(8, "dropout", 10)).not.toEqual(all.slice(0, 10));
    expect(uniforms(7, "sampling", 10)).not.toEqual(all.slice(0, 10));
  });

  it("are in [0, 1), and the same in f32", () => {
    const values = uniforms(3, "range", count);
    expect(Math.min(...values.slice(0, 100_000))).toBeGreaterThanOrEqual(0);
    expect(values.every((value) => value < 1)).toBe(true);
    expect(Float64Array.from(Float32Array.from(values))).toEqual(values);
  });

  it.each([0, 1, 2 ** 31, 2 ** 40])(
    "are uniform and independent of their neighbours (seed %d)",
    (seed) => {
      const values = uniforms(seed, "uniform", count);
      const buckets = new Array<number>(64).fill(0);
      let product = 0;
      for (const [index, value] of values.entries()) {
        const bucket = Math.floor(value * 64);
        buckets[bucket] = (buckets[bucket] ?? 0) + 1;
        product += (value - 0.5) * ((values[index + 1] ?? 0.5) - 0.5);
      }
      const expected = count / 64;
      const distance = buckets.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      // 63 degrees of freedom: above 130 by chance once in a million.
      expect(distance).toBeLessThan(130);
      // Neighbours' covariance has a standard deviation of 1 / (12 √count).
      expect(Math.abs(product / count)).toBeLessThan(5 / (12 * Math.sqrt(count)));
    },
  );

  it("of neighbouring seeds have nothing to do with one another", () => {
    const [a, b] = [uniforms(10, "pair", count), uniforms(11, "pair", count)];
    let product = 0;
    for (const [index, value] of a.entries()) product += (value - 0.5) * ((b[index] ?? 0) - 0.5);
    expect(Math.abs(product / count)).toBeLessThan(5 / (12 * Math.sqrt(count)));
  });
});
