/** What other programs may call: checking recipes against the files of this machine. */
export { type CheckedRecipe, checkRecipe, checkSource, type Inputs } from "./check-recipe.ts";
export { diagnosticJson, type JsonDiagnostic } from "./diagnostic-json.ts";
export { type RecipeSource, readRecipe } from "./recipe-source.ts";
export { renderDiagnostic, type Sources } from "./terminal/diagnostics.ts";
