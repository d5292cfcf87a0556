import { parse } from "../grammar/index.ts";
import type { PlainValue } from "../program/pipeline.ts";
import type { CheckedRecipe, Inputs } from "./check-recipe.ts";

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

/** Inputs of a recipe with the texts of their values, as they were given or stand in the recipe. */
export function inputTexts(
  recipe: CheckedRecipe,
  given: Inputs,
): readonly (readonly [string, string])[] {
  const text = recipe.sources(recipe.path) ?? "";
  return (recipe.checked?.typed.modules.get(recipe.path)?.tree.items ?? []).flatMap((item) => {
    if (item.kind !== "input") return [];
    const name = item.name.text;
    const standard = item.value && text.slice(item.value.span.start, item.value.span.end);
    return [[name, given[name] ?? standard ?? ""] as const];
  });
}
