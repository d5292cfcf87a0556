import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds, root } from "./cases.ts";

const page = readFileSync("docs/guide/refusals.md", "utf8");

/** Rows of the page's table. */
const rows = [...page.matchAll(/^\| (\d\d) \|.*\| ([^|]*)\|$/gm)].map(
  ([, kind = "", codes = ""]) => ({
    kind,
    codes: codes.split(" ").filter((code) => code !== ""),
  }),
);

/** Codes that the inputs and tests of a kind expect. */
function codesOf(kind: string): readonly string[] {
  const texts = readdirSync(join(root, kind), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(recipe|session|ts)$/.test(name))
    .map((name) => readFileSync(join(root, kind, name), "utf8"));
  return [...new Set(texts.join("\n").match(/\bLV\d{4}\b/g))].sort();
}

test("the guide's page lists the kinds that are tested, and their codes", () => {
  const tested = kinds.filter((kind) => /^\d\d-/.test(kind));
  expect(rows).toEqual(tested.map((kind) => ({ kind: kind.slice(0, 2), codes: codesOf(kind) })));
});
