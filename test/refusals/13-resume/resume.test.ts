import { expect, test } from "vitest";
import { filesOf } from "../cases.ts";
import { folderOf, openDevice, readStage, runRecipe, stepsOf } from "../run.ts";

const device = openDevice();

/** 5 + 5 steps are 10: the same weights, moments and numbers on the way, to the bit. */
test.each(filesOf("13-resume", ".recipe"))("%s goes on where it stopped", async (recipe) => {
  const whole = folderOf("13-resume", recipe);
  const parts = folderOf("13-resume", recipe);
  const straight = await runRecipe({ device: device(), folder: whole, recipe });
  const first = await runRecipe({ device: device(), folder: parts, recipe, stopAfter: 5 });
  expect(first.at(-1)).toEqual({ event: "interrupted", stage: "base", step: 5 });
  const second = await runRecipe({ device: device(), folder: parts, recipe });
  expect(stepsOf(first).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  expect(stepsOf(second).map(({ step }) => step)).toEqual([6, 7, 8, 9, 10]);

  const told = (events: typeof first) =>
    events.flatMap((event): readonly object[] => {
      if (event.event === "measure" || event.event === "sample") return [event];
      if (event.event !== "step") return [];
      const { step, loss, learning_rate, gradient_norm, count } = event;
      return [{ step, loss, learning_rate, gradient_norm, count }];
    });
  expect([...told(first), ...told(second)]).toEqual(told(straight));
  for (const file of ["model.safetensors", "state/step-10.safetensors"]) {
    expect(readStage(parts, recipe, file).equals(readStage(whole, recipe, file)), file).toBe(true);
  }
});
