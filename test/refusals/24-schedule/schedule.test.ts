import { join } from "node:path";
import { expect, test } from "vitest";
import { planRecipe } from "../../../cli/plan-recipe.ts";
import { invariant } from "../../../program/invariant.ts";
import { evaluateScalar } from "../../../program/scalar-expression.ts";
import { checkedCase, folderOf, openDevice, readStage, runRecipe, stepsOf } from "../run.ts";

const device = openDevice();

interface Expected {
  /** Of rows of 16 tokens in an epoch. */
  readonly steps: (rows: number) => number;
  /** The learning rate that a step has, from the steps of the stage and of an epoch. */
  readonly rate: (step: number, steps: number, epoch: number) => number;
  readonly batch: number;
}

const rise = (step: number, warmup: number): number => Math.min(1, (step + 1) / warmup);
const share = (step: number, from: number, to: number): number =>
  Math.min(Math.max((step - from) / (to - from), 0), 1);

/** The schedules once more, written down by hand from the counted rows. */
const cases: Readonly<Record<string, Expected>> = {
  "epochs.recipe": {
    batch: 64,
    steps: (rows) => Math.round((2 * rows) / 64),
    rate: (step, steps, epoch) => {
      const warmup = 0.1 * epoch;
      const fall = (1 + Math.cos(Math.PI * share(step, warmup, steps))) / 2;
      return rise(step, warmup) * (1e-4 + (1e-3 - 1e-4) * fall);
    },
  },
  "share.recipe": {
    batch: 64,
    steps: (rows) => Math.round(rows / 64),
    rate: (step, steps) => rise(step, 0.25 * steps) * 1e-3 * (1 - share(step, 0.75 * steps, steps)),
  },
  "tokens.recipe": {
    batch: 32,
    steps: () => Math.round(10_000 / 512),
    rate: (step, steps) => rise(step, 2048 / 512) * 1e-3 * (1 - share(step, 4, steps)),
  },
};

test.each(Object.entries(cases))("%s: the plan's curve is the run's", async (recipe, expected) => {
  const folder = folderOf("24-schedule", recipe);
  const checked = await checkedCase({ folder, recipe });
  const planned = await planRecipe(checked.recipe, { target: "cpu", runs: join(folder, "runs") });
  invariant(planned.ok, "the recipe can be planned");
  const [stage] = planned.value.stages;
  const schedule = stage?.schedule;
  invariant(stage !== undefined && schedule !== undefined, "the stage has a schedule");
  const curve = Array.from({ length: stage.steps }, (_, step) =>
    evaluateScalar(schedule.expression, { ...schedule.variables, step }),
  );

  const steps = stepsOf(await runRecipe({ device: device(), folder, recipe }));
  expect(steps.map((event) => event.learning_rate)).toEqual(curve);

  const run = steps.length;
  const { data } = JSON.parse(readStage(folder, recipe, "manifest.json").toString("utf8"));
  const { rows } = data;
  expect(run).toBe(expected.steps(rows));
  expect(stage.tokens).toBe(run * expected.batch * 16);
  curve.forEach((rate, step) => {
    expect(rate).toBeCloseTo(expected.rate(step, run, rows / expected.batch), 12);
  });
});
