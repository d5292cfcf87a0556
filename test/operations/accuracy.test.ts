import { describe, expect, it } from "vitest";
import { type OperationName, operations } from "../../compiler/operations/table.ts";

/** Values to 17 digits from a computation with 50. */
const known: readonly (readonly [OperationName, number, number])[] = [
  ["expm1", 1e-10, 1.00000000005e-10],
  ["expm1", -1e-15, -9.999999999999995e-16],
  ["log1p", 1e-10, 9.9999999995e-11],
  ["log1p", -1e-15, -1.0000000000000005e-15],
  ["log_sigmoid", 40, -4.248354255291589e-18],
  ["log_sigmoid", -800, -800],
  ["log_sigmoid", 0, -Math.LN2],
  ["sigmoid", -745, 4.9406564584124654e-324],
  ["sigmoid", 800, 1],
  ["tanh", 1e-9, 1e-9],
  ["tanh", 0.001, 9.999996666668e-4],
  ["erf", 1e-8, 1.1283791670955126e-8],
  ["erf", 0.5, 0.5204998778130465],
  ["erf", 2, 0.9953222650189527],
  ["erf", 3, 0.9999779095030014],
  ["erf", -1, -0.8427007929497149],
  ["erf", 7, 1],
];

describe("functions that lose digits when written naively", () => {
  it.each(known)("%s(%f) = %f", (name, x, expected) => {
    const row = operations[name];
    const made = "evaluate" in row ? row.evaluate?.(x) : undefined;
    expect(Math.abs((made ?? Number.NaN) - expected)).toBeLessThanOrEqual(
      2e-15 * Math.abs(expected),
    );
  });
});

describe("rows that are easily got wrong", () => {
  const evaluate = (name: OperationName, ...operands: number[]) => {
    const row = operations[name];
    return "evaluate" in row ? row.evaluate?.(...operands) : undefined;
  };

  it("modulo has the sign of its divisor", () => {
    expect(evaluate("modulo", -1, 3)).toBe(2);
    expect(evaluate("modulo", 1, -3)).toBe(-2);
  });

  it("select ignores what it does not choose", () => {
    expect(evaluate("select", 0, Number.NaN, 2)).toBe(2);
    expect(evaluate("select", 1, 3, Number.NaN)).toBe(3);
  });
});
