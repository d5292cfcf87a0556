import { describe, expect, test } from "vitest";
import { elaborated } from "../elaborate/recipes.ts";
import { small, smallRecipe } from "../elaborate/small-recipe.ts";
import { largestDifference, randomTokens, trained } from "./interpreted.ts";

/** Objectives whose terms have different denominators. */
const objectives: Readonly<Record<string, { readonly uses: string; readonly objective: string }>> =
  {
    "next token": { uses: "", objective: "next_token" },
    "two terms, one for each token and one for each row": {
      uses: `fn both(policy: LanguageModel, tokens: Tokens[batch, time]) -> Loss {
  let rows = mean(policy.logits(tokens) ^ 2, over: [time, policy.vocab])
  next_token(policy, tokens) + 0.1 * loss(rows)
}`,
      objective: "both",
    },
    "each row's tokens weighed to one": {
      uses: `fn rows(policy: LanguageModel, tokens: Tokens[batch, time]) -> Loss {
  loss(-token_logprobs(policy, tokens), weight: tokens.weight / max(1, sum(tokens.weight, over: time)))
}
use std/objectives { token_logprobs }`,
      objective: "rows",
    },
    "a count of its own": {
      uses: `use std/objectives { token_logprobs }
fn counted(policy: LanguageModel, tokens: Tokens[batch, time]) -> Loss {
  loss(-token_logprobs(policy, tokens), weight: tokens.weight, count: expand(12, over: batch))
}`,
      objective: "counted",
    },
  };

describe.each(Object.entries(objectives))("%s", (_, parts) => {
  const recipe = elaborated(smallRecipe({ ...parts, settings: "clip: 0.1" }));
  const tokens = randomTokens("micro", 8, 12, 48, true);
  const whole = trained(recipe, tokens, { rows: 8, time: 12, microBatches: 1 });

  test.each([2, 4, 8])("in %i micro-batches", (microBatches) => {
    const sizes = { rows: 8 / microBatches, time: 12, microBatches };
    const parted = trained(recipe, tokens, sizes);
    expect(largestDifference(whole.states, parted.states)).toBeLessThan(1e-12);
    for (const name of ["loss", "gradient_norm", "count"]) {
      const [before] = whole.outputs.slice(-1).map((one) => one[name]?.values[0]);
      const [after] = parted.outputs.slice(-1).map((one) => one[name]?.values[0]);
      expect(Math.abs((after ?? Number.NaN) - (before ?? 0)) / (before ?? 1)).toBeLessThan(1e-12);
    }
  });
});

test("recomputing saves memory and changes nothing", () => {
  const tokens = randomTokens("recompute", 4, 12, 48);
  const sizes = { rows: 2, time: 12, microBatches: 2 };
  const plain = trained(elaborated(smallRecipe()), tokens, sizes);
  const again = trained(elaborated(smallRecipe({ settings: "recompute: true" })), tokens, sizes);
  expect(largestDifference(plain.states, again.states)).toBeLessThan(1e-14);
});

test("a step in which nothing is learnt gives a loss of 0 and moves nothing but decay", () => {
  const recipe = elaborated(smallRecipe({ optimizer: "sgd(learning_rate: constant(1))" }));
  const tokens = { ...randomTokens("nothing", 4, 12, 48), "tokens.weight": new Float64Array(48) };
  const { states, outputs } = trained(recipe, tokens, { rows: 4, time: 12, microBatches: 1 }, 1);
  expect(outputs[0]?.["loss"]?.values[0]).toBe(0);
  expect(outputs[0]?.["count"]?.values[0]).toBe(0);
  expect(outputs[0]?.["gradient_norm"]?.values[0]).toBe(0);
  const start = trained(recipe, tokens, { rows: 4, time: 12, microBatches: 1 }, 0);
  expect(largestDifference(start.states, states)).toBe(0);
});

test("gradients are clipped to the norm after they were added", () => {
  const tokens = randomTokens("clip", 4, 12, 48);
  const sizes = { rows: 2, time: 12, microBatches: 2 };
  const optimizer = "sgd(learning_rate: constant(1))";
  const moved = (clip: string) => {
    const recipe = elaborated(smallRecipe({ optimizer, settings: `clip: ${clip}` }));
    const before = trained(recipe, tokens, sizes, 0).states;
    const after = trained(recipe, tokens, sizes, 1);
    let squares = 0;
    for (const [name, values] of Object.entries(before)) {
      if (!name.startsWith("parameter")) continue;
      const next = after.states[name] ?? [];
      for (let index = 0; index < values.length; index += 1) {
        squares += ((next[index] ?? 0) - (values[index] ?? 0)) ** 2;
      }
    }
    return { moved: Math.sqrt(squares), norm: after.outputs[0]?.["gradient_norm"]?.values[0] ?? 0 };
  };
  const free = moved("none");
  expect(free.moved / free.norm).toBeCloseTo(1, 10);
  const clipped = moved("0.01");
  expect(clipped.norm).toBeCloseTo(free.norm, 12);
  expect(clipped.moved).toBeCloseTo(0.01 * (free.norm / (free.norm + 1e-6)), 8);
});

test("a program does not depend on what was built before it", () => {
  const recipe = elaborated(smallRecipe({ model: small({ depth: 3 }) }));
  const tokens = randomTokens("order", 2, 12, 48);
  const sizes = { rows: 2, time: 12, microBatches: 1 };
  const first = trained(recipe, tokens, sizes);
  trained(recipe, randomTokens("other", 4, 12, 48), { rows: 2, time: 12, microBatches: 2 });
  expect(largestDifference(first.states, trained(recipe, tokens, sizes).states)).toBe(0);
});
