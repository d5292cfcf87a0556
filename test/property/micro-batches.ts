import { test } from "vitest";
import { buildStep } from "../../compiler/elaborate/build-step.ts";
import { elaborated, onlyStage } from "../elaborate/recipes.ts";
import { small, smallRecipe } from "../elaborate/small-recipe.ts";
import { type Machine, once, type Values } from "../run/machine.ts";
import { expectNear, largestDifference } from "../run/near.ts";
import { drawnParameters } from "./drawn.ts";
import { randomTokens, statesOf } from "./interpreted.ts";

const batch = 8;
const time = 16;
const model = small({ width: 16, head: 8, ffn: 24 });

const rate = 1e-3;

/** One optimizer step in one micro-batch and in eight: the same loss, moments and weights. */
export function testMicroBatches(machine: () => Machine, bar: number): void {
  test("1 against 8 micro-batches of gradient descent", async () => {
    const optimizer = "sgd(learning_rate: constant(0.1), momentum: 0.9)";
    const whole = await stepped(machine(), optimizer, 1);
    const parted = await stepped(machine(), optimizer, batch);
    expectNear(parted.outputs, whole.outputs, bar);
    expectNear(parted.states, whole.states, bar);
  });

  // The gradient of a key's offset is 0 but for the rotation, and AdamW makes full steps of what
  // rounding leaves of it: it is compared by its moments, its value by the rate.
  test("1 against 8 micro-batches of AdamW", async () => {
    const optimizer = `adamw(learning_rate: constant(${rate}))`;
    const whole = await stepped(machine(), optimizer, 1);
    const parted = await stepped(machine(), optimizer, batch);
    const { "parameter:blocks.attention.key.offset": offset = [], ...states } = whole.states;
    expectNear(parted.outputs, whole.outputs, bar);
    expectNear(parted.states, states, bar);
    const value = { "parameter:blocks.attention.key.offset": offset };
    expectNear(parted.states, value, 0.05 * rate, largestDifference);
  });
}

function stepped(
  machine: Machine,
  optimizer: string,
  microBatches: number,
): Promise<{ readonly outputs: Values; readonly states: Values }> {
  const recipe = elaborated(smallRecipe({ model, optimizer, settings: "clip: 0.1" }));
  const rows = batch / microBatches;
  const request = { kind: "train", stage: "base", rows, time, microBatches } as const;
  const { step } = buildStep(recipe, request);
  if (step === undefined) throw new Error("no step");
  return once(machine, step, {
    states: { ...statesOf(recipe), ...drawnParameters(onlyStage(recipe).model.plan) },
    data: randomTokens("micro", batch, time, 48, true),
    scalars: { step: 0, length: 20, epoch: 20, tokens: batch * time },
  });
}
