import { expect, test } from "vitest";
import { readMutations } from "./mutations.ts";

test("10,000 random mutations are read without an exception and without explosion", () => {
  const { mutations, failures, worstRatio } = readMutations(10_000, 20_261);
  expect(failures).toEqual([]);
  expect(mutations).toBe(10_000);
  expect(worstRatio).toBeLessThan(200);
}, 300_000);
