import { expect } from "vitest";
import type { Values } from "./machine.ts";

/** Largest difference; infinite where lengths differ or a number is missing. */
export function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  for (let index = 0; index < expected.length; index += 1) {
    const distance = Math.abs((found[index] ?? Number.NaN) - (expected[index] ?? Number.NaN));
    if (Number.isNaN(distance)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, distance);
  }
  return difference;
}

/** Largest difference over the largest of the reference. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < expected.length; index += 1) {
    largest = Math.max(largest, Math.abs(expected[index] ?? 0));
  }
  return largestDifference(found, expected) / (largest || 1);
}

/** Every expected tensor is there and near; a failure names all that are not, with their distance. */
export function expectNear(
  found: Values,
  expected: Values,
  bar: number,
  distance = relativeError,
): void {
  const far: Record<string, number> = {};
  for (const [name, values] of Object.entries(expected)) {
    const error = distance(found[name] ?? [], values);
    if (!(error < bar)) far[name] = error;
  }
  expect(far).toEqual({});
}
