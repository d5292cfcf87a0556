import { test } from "vitest";
import { onlyStage } from "../elaborate/recipes.ts";
import { wholeLogits } from "../run/logits.ts";
import { type Machine, once, type Values } from "../run/machine.ts";
import { expectNear } from "../run/near.ts";
import { goldenRecipe, modelCall, readGolden, tokensOf } from "./golden.ts";
import { type Stored, statesOf } from "./stored.ts";

interface Torchtune {
  readonly config: Readonly<Record<string, number>>;
  readonly init: readonly [number, number];
  readonly input_ids: readonly (readonly number[])[];
  readonly expected_mean_logit_pytorch: number;
  readonly numpy_float64_mean_logit: number;
  readonly numpy_first_row_first8_logits: readonly number[];
  readonly numpy_last_row_last8_logits: readonly number[];
}

/** Every tensor rises evenly from one number to the other, rounded to single precision. */
function rising(shape: readonly number[], [from, to]: readonly [number, number]): Stored {
  const length = shape.reduce((count, size) => count * size, 1);
  const values = Array.from({ length }, (_, i) => Math.fround(from + (i * (to - from)) / length));
  return { shape, values };
}

/** A Qwen2 of 32,000 tokens against the values of torchtune's tests. */
export function testTorchtune(machine: () => Machine, bar: number): void {
  test("logits of torchtune's Qwen2", async () => {
    const golden = readGolden<Torchtune>("torchtune_qwen2");
    const recipe = goldenRecipe(modelCall("Qwen2", false, golden.config), "recorded()");
    const { plan } = onlyStage(recipe).model;
    const tensors = plan.layout?.tensors ?? [];
    const stored = tensors.map(({ name, shape }) => [name, rising(shape, golden.init)] as const);
    const states = statesOf(plan, Object.fromEntries(stored));
    const rows = golden.input_ids;
    const same = (value: (at: number) => number) =>
      rows.map((row) => row.map((_, at) => value(at)));
    const data = tokensOf({
      tokens: rows,
      position: same((at) => at),
      segment: same(() => 0),
      weight: same(() => 1),
    });
    const step = wholeLogits(recipe, rows.length, rows[0]?.length ?? 0);
    const { logits = [] } = (await once(machine(), step, { states, data })).outputs;
    const all = Array.from(logits);
    const found: Values = {
      mean: [all.reduce((sum, logit) => sum + logit, 0) / all.length],
      first: all.slice(0, 8),
      last: all.slice(-8),
    };
    expectNear(found, { mean: [golden.expected_mean_logit_pytorch] }, 1e-4);
    const exact = {
      mean: [golden.numpy_float64_mean_logit],
      first: golden.numpy_first_row_first8_logits,
      last: golden.numpy_last_row_last8_logits,
    };
    expectNear(found, exact, bar);
  }, 300_000);
}
