import { describe, test } from "vitest";
import { buildStep } from "../../compiler/elaborate/build-step.ts";
import { elaborated, onlyStage } from "../elaborate/recipes.ts";
import { small, smallRecipe } from "../elaborate/small-recipe.ts";
import { type Machine, once, type Values } from "../run/machine.ts";
import { expectNear } from "../run/near.ts";
import { drawnParameters } from "./drawn.ts";
import { randomTokens, statesOf } from "./interpreted.ts";

const batch = 8;
const time = 16;
const model = small({ width: 16, head: 8, ffn: 24 });

const optimizers = {
  "gradient descent": "sgd(learning_rate: constant(0.1), momentum: 0.9)",
  AdamW: "adamw(learning_rate: constant(1e-3))",
} as const;

/** One optimizer step in one micro-batch and in eight: the same loss, moments and weights. */
export function testMicroBatches(machine: () => Machine, bar: number): void {
  describe.each(Object.entries(optimizers))("%s", (_, optimizer) => {
    test("1 against 8 micro-batches", async () => {
      const whole = await stepped(machine(), optimizer, 1);
      const parted = await stepped(machine(), optimizer, batch);
      expectNear(parted.outputs, whole.outputs, bar);
      expectNear(parted.states, whole.states, bar);
    });
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
