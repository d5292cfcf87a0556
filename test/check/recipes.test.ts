import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { annotated, withoutAnnotations } from "./annotations.ts";
import { checkText } from "./facts.ts";

const root = join(import.meta.dirname, "..");

/** Wrong recipes, each with the exact diagnostics written under the lines where they begin. */
const folders = [
  "check/cases",
  ...readdirSync(join(root, "refusals"))
    .filter((name) => /^0[123]-/.test(name))
    .map((name) => `refusals/${name}`),
];

const cases = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith(".recipe"))
    .map((file) => `${folder}/${file}`),
);

test.each(cases)("%s", (file) => {
  const text = readFileSync(join(root, file), "utf8");
  const plain = withoutAnnotations(text);
  expect(text).not.toBe(plain);
  expect(annotated(plain, checkText(plain).diagnostics)).toBe(text);
});

test("each kind that the checker refuses has at least three inputs", () => {
  const counts = folders
    .slice(1)
    .map((folder) => cases.filter((one) => one.startsWith(folder)).length);
  expect(counts.length).toBe(3);
  for (const count of counts) expect(count).toBeGreaterThanOrEqual(3);
});
