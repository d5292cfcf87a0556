import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesOf, inputsOf, kinds, root } from "./cases.ts";
import { checkedText } from "./check.ts";

const recipes = kinds.flatMap((kind) => filesOf(kind, ".recipe").map((file) => `${kind}/${file}`));

/** What is written under the lines of a recipe is all that `check` says of it, and nothing else. */
test.each(recipes)("%s", async (file) => {
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  await expect(await checkedText(text)).toMatchFileSnapshot(path);
});

test.each(kinds)("%s has at least three inputs", (kind) => {
  expect(inputsOf(kind).length).toBeGreaterThanOrEqual(3);
});
