import { parse } from "../grammar/index.ts";
import type { PlainValue } from "../program/pipeline.ts";
import type { Inputs } from "./check-recipe.ts";

/**
 * Values of inputs that a run has stored, as texts for checking its recipe again. Quantities are
 * stored without their unit; they say how long something lasts, never what a model is, and are left out.
 */
export function inputsAsWritten(
  recipe: string,
  stored: Readonly<Record<string, PlainValue>>,
): Inputs {
  const inputs: Record<string, string> = {};
  for (const item of parse(recipe, "").tree.items) {
    if (item.kind !== "input") continue;
    const value = stored[item.name.text];
    const { value: standard } = item;
    const quantity =
      standard?.kind === "number" && (standard.unit !== undefined || standard.percent);
    if (value !== undefined && !quantity) {
      inputs[item.name.text] = value === null ? "none" : JSON.stringify(value);
    }
  }
  return inputs;
}
