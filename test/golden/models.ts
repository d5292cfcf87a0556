import { describe, test } from "vitest";
import { onlyStage } from "../elaborate/recipes.ts";
import { wholeLogits } from "../run/logits.ts";
import { type Machine, once, type Values } from "../run/machine.ts";
import { expectNear, largestDifference } from "../run/near.ts";
import {
  adamwCall,
  type Golden,
  goldenCases,
  goldenRecipe,
  modelCall,
  readGolden,
  tokensOf,
  trainStep,
  updateStep,
  zeroStates,
} from "./golden.ts";
import { type Stored, statesOf, tensorsOf } from "./stored.ts";

export interface GoldenBars {
  /** Largest difference over the largest value: loss, logits, gradients, moments. */
  readonly relative: number;
  /** Of parameters after a step with our own gradient: largest difference over the learning rate. */
  readonly moved: number;
  /** Of parameters where the optimizer is given the golden gradient, over the largest value. */
  readonly updated: number;
}

const scalars = { step: 0, length: 1, epoch: 1, tokens: 18 };

/** Whole models of the library against PyTorch in double precision, on one machine. */
export function testGoldenModels(machine: () => Machine, bars: GoldenBars): void {
  describe.each(goldenCases)("$file", ({ file, model, tied }) => {
    const golden = readGolden<Golden>(file);
    const call = modelCall(model, tied, golden.config);
    const { plan } = onlyStage(goldenRecipe(call, adamwCall(golden))).model;
    const parameters = statesOf(plan, golden.parameters);
    const data = tokensOf(golden);
    const moments = { ...parameters, ...zeroStates(plan, ["first", "second"]) };

    const expectTensors = (
      found: Values,
      expected: Readonly<Record<string, Stored>>,
      bar: number,
      distance?: typeof largestDifference,
    ): void => {
      const values = Object.entries(expected).map(([name, stored]) => [name, stored.values]);
      expectNear(found, Object.fromEntries(values), bar, distance);
    };
    const expectMoments = (states: Values, bar: number): void => {
      expectTensors(tensorsOf(plan, states, "optimizer", ":first"), golden.first, bar);
      expectTensors(tensorsOf(plan, states, "optimizer", ":second"), golden.second, bar);
    };

    test("logits", async () => {
      const step = wholeLogits(goldenRecipe(call, "recorded()"), 2, 9);
      const { outputs } = await once(machine(), step, { states: parameters, data });
      expectNear(outputs, { logits: golden.logits.values }, bars.relative);
    });

    test.each([1, 2])("loss and every gradient in %i micro-batches", async (microBatches) => {
      const step = trainStep(goldenRecipe(call, "recorded()"), 2 / microBatches, microBatches);
      const states = { ...parameters, ...zeroStates(plan, ["gradient"]) };
      const made = await once(machine(), step, { states, data, scalars });
      expectNear(made.outputs, { loss: [golden.loss] }, bars.relative);
      const gradients = tensorsOf(plan, made.states, "optimizer", ":gradient");
      expectTensors(gradients, golden.gradients, bars.relative);
    });

    test("moments and parameters after one step of AdamW", async () => {
      const step = trainStep(goldenRecipe(call, adamwCall(golden)), 2, 1);
      const made = await once(machine(), step, { states: moments, data, scalars });
      expectMoments(made.states, bars.relative);
      const bar = bars.moved * golden.adamw.learning_rate;
      expectTensors(tensorsOf(plan, made.states), golden.after, bar, largestDifference);
    });

    test("AdamW alone, given the golden gradient", async () => {
      const step = updateStep(goldenRecipe(call, adamwCall(golden)));
      const gradients = statesOf(plan, golden.gradients, "gradient");
      const made = await once(machine(), step, { states: moments, data: gradients, scalars });
      expectMoments(made.states, bars.updated);
      expectTensors(tensorsOf(plan, made.states), golden.after, bars.updated);
    });
  });
}
