import fc from "fast-check";
import { expect, test } from "vitest";
import type { Extent, TrainPlan } from "../../program/stage-plan.ts";
import { extentSteps, scheduleVariables, stageProgress } from "../../runtime/stages/progress.ts";
import { tableRecipe } from "./table-recipe.ts";

function planOf(duration: Extent, batchRows = 16, rowTokens = 128): TrainPlan {
  const plan = tableRecipe("a.txt", "out", { duration, batchRows, rowTokens }).stages[0];
  if (plan?.kind !== "train") throw new Error("the recipe trains first");
  return plan;
}

const lengths: readonly (readonly [Extent, number, number])[] = [
  [{ unit: "steps", amount: 600 }, 3398, 600],
  [{ unit: "epochs", amount: 1 }, 3398, 212],
  [{ unit: "epochs", amount: 2 }, 3398, 425],
  [{ unit: "epochs", amount: 0.001 }, 3398, 1],
  [{ unit: "tokens", amount: 1_000_000 }, 3398, 488],
];

test.each(lengths)("%o of %i rows are %i steps", (duration, rows, steps) => {
  expect(stageProgress(planOf(duration), rows).length).toBe(steps);
});

test("a schedule is told the steps of an epoch and the tokens of a step of the packed data", () => {
  const progress = stageProgress(planOf({ unit: "epochs", amount: 3 }), 3398);
  expect(scheduleVariables(progress, 7)).toEqual({
    step: 7,
    length: 637,
    epoch: 3398 / 16,
    tokens: 2048,
  });
});

test("a share is of the whole stage, whatever its length was written in", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 16, max: 100_000 }),
      fc.integer({ min: 1, max: 20 }),
      (rows, epochs) => {
        const progress = stageProgress(planOf({ unit: "epochs", amount: epochs }), rows);
        expect(extentSteps({ unit: "share", amount: 1 }, progress)).toBe(progress.length);
        const tenth = extentSteps({ unit: "share", amount: 0.1 }, progress);
        expect(Math.abs(tenth - progress.length / 10)).toBeLessThanOrEqual(tenth === 1 ? 1 : 0.5);
      },
    ),
  );
});
