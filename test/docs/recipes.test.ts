import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkRecipe } from "../../cli/check-recipe.ts";
import { format } from "../../grammar/index.ts";

const recipes = readdirSync("recipes", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".recipe"))
  .map((name) => join("recipes", name));

test.each(recipes)("%s has the one style", (path) => {
  const text = readFileSync(path, "utf8");
  expect(format(text, path).text).toBe(text);
});

test.each(recipes.filter((path) => !path.includes("std")))("%s is right", async (path) => {
  const { diagnostics } = await checkRecipe(path);
  expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
});
