import { buildStep } from "../../compiler/elaborate/build-step.ts";
import type { Elaborated } from "../../compiler/elaborate/elaborate.ts";
import { initialValues } from "../../compiler/elaborate/programs/initialise.ts";
import { interpret } from "../../compiler/graph/index.ts";
import type { Interpreted } from "../../compiler/graph/interpret.ts";
import { uniforms } from "../../program/random.ts";
import { onlyStage } from "../elaborate/recipes.ts";

export type Values = Record<string, ArrayLike<number>>;

/** Initial values of all states of a recipe's only stage, not rounded. */
export function statesOf(recipe: Elaborated, seed = 0): Values {
  const values: Values = {};
  for (const { name, values: initial } of initialValues(recipe.world, onlyStage(recipe), seed)) {
    values[name] = initial;
  }
  return values;
}

/** Rows of tokens with random ids, segments, positions and weights. */
export function randomTokens(
  key: string,
  rows: number,
  time: number,
  vocabulary: number,
  packed = false,
): Values {
  const count = rows * time;
  const draw = (what: string) => uniforms(3, `${key} ${what}`, count);
  const borders = draw("border");
  const segment = new Float64Array(count);
  const position = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const first = index % time === 0;
    const border = packed && (borders[index] ?? 0) < 0.25;
    segment[index] = first ? 0 : (segment[index - 1] ?? 0) + (border ? 1 : 0);
    position[index] = first || border ? 0 : (position[index - 1] ?? 0) + 1;
  }
  return {
    "tokens.id": draw("id").map((number) => Math.floor(number * vocabulary)),
    "tokens.position": position,
    "tokens.segment": segment,
    "tokens.weight": draw("weight").map((number) => (number < 0.3 ? 0 : number)),
    "tokens.step": new Float64Array(count),
    "tokens.real": new Float64Array(count).fill(1),
  };
}

/** Runs some optimizer steps of a recipe's only stage in the interpreter. */
export function trained(
  recipe: Elaborated,
  tokens: Values,
  sizes: { readonly rows: number; readonly time: number; readonly microBatches: number },
  steps = 2,
): { readonly states: Values; readonly outputs: readonly Interpreted["outputs"][] } {
  const { step, diagnostics } = buildStep(recipe, { kind: "train", stage: "base", ...sizes });
  if (step === undefined) throw new Error(diagnostics.map((one) => one.message).join("; "));
  let states = statesOf(recipe);
  const outputs: Interpreted["outputs"][] = [];
  for (let at = 0; at < steps; at += 1) {
    const scalars = { step: at, length: steps, epoch: steps, tokens: 1 };
    const made = interpret(step, { ...states, ...tokens }, { scalars });
    states = { ...states, ...made.next };
    outputs.push(made.outputs);
  }
  return { states, outputs };
}

export function largestDifference(left: Values, right: Values): number {
  let worst = 0;
  for (const [name, values] of Object.entries(left)) {
    const other = right[name];
    if (other === undefined || other.length !== values.length) return Number.POSITIVE_INFINITY;
    let largest = 0;
    let difference = 0;
    for (let index = 0; index < values.length; index += 1) {
      const a = values[index] ?? Number.NaN;
      largest = Math.max(largest, Math.abs(a));
      difference = Math.max(difference, Math.abs(a - (other[index] ?? Number.NaN)));
    }
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    if (largest > 0) worst = Math.max(worst, difference / largest);
  }
  return worst;
}
