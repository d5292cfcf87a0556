import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "../../compiler/check/index.ts";
import { LIBRARY, PRELUDE } from "../../compiler/check/modules.ts";
import { type Fact, wantKey } from "../../program/facts.ts";
import { checkText } from "./facts.ts";

const recipes = join(import.meta.dirname, "../../recipes");
const std = join(recipes, "std");

function codes(text: string, options: Parameters<typeof checkText>[1] = {}): readonly string[] {
  return checkText(text, options).diagnostics.map((one) => `${one.code} ${one.message}`);
}

const library = readdirSync(std, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".recipe"))
  .sort();

test("the library has the modules that suggestions come from", () => {
  const names = library.map((file) => `std/${file.replace(/\.recipe$/, "").replaceAll("\\", "/")}`);
  expect([...LIBRARY, PRELUDE].sort()).toEqual(names);
});

test.each(library)("std/%s has no faults", (file) => {
  const path = `recipes/std/${file}`;
  expect(codes(readFileSync(join(std, file), "utf8"), { path })).toEqual([]);
});

test.each(readdirSync(recipes).filter((file) => file.endsWith(".recipe")))(
  "%s has no faults, whatever its inputs",
  (file) => {
    expect(codes(readFileSync(join(recipes, file), "utf8"), { all: true })).toEqual([]);
  },
);

test.each(readdirSync(join(import.meta.dirname, "right")))("%s has no faults", (file) => {
  expect(codes(readFileSync(join(import.meta.dirname, "right", file), "utf8"))).toEqual([]);
});

test("what is not known is wanted, and nothing is said of it", () => {
  const facts = new Map<string, Fact>();
  const first = check("a/recipe.recipe", facts);
  expect(first.wanted.map(wantKey)).toEqual(["source:a/recipe.recipe", "library:prelude"]);
  expect(first.diagnostics).toEqual([]);
  const text = 'use std/models { Qwen2 }\nuse "../b.recipe" { c }\ndata d = text("../d.txt")\n';
  facts.set("source:a/recipe.recipe", { kind: "source", text });
  facts.set("library:prelude", {
    kind: "library",
    text: readFileSync(join(std, "prelude.recipe"), "utf8"),
  });
  const second = check("a/recipe.recipe", facts);
  expect(second.wanted.map(wantKey)).toEqual(["library:models", "source:b.recipe"]);
  expect(second.diagnostics).toEqual([]);
  facts.set("library:models", { kind: "library", text: "model Qwen2(width: Dim) {}\n" });
  facts.set("source:b.recipe", { kind: "source", text: "let c = 3\n" });
  const third = check("a/recipe.recipe", facts);
  expect(third.wanted.map(wantKey)).toEqual(["file:d.txt"]);
  expect(third.diagnostics).toEqual([]);
});

test("recipes that use each other are refused once", () => {
  const sources = new Map([["b.recipe", 'use "./recipe.recipe" { a }\nlet b = a\n']]);
  expect(codes('use "./b.recipe" { b }\nlet a = 4\n', { sources })).toEqual([
    "LV0204 recipes that use each other: `recipe.recipe` uses `b.recipe` uses `recipe.recipe`",
  ]);
  expect(codes('use "./recipe.recipe" { a }\nlet a = 4\n')).toEqual([
    "LV0204 a recipe cannot use itself",
  ]);
});

test("what a file uses it does not export", () => {
  const sources = new Map([
    ["b.recipe", "use std/optimizers { cosine }\nlet b = cosine(peak: 1)\n"],
  ]);
  expect(codes('use "./b.recipe" { b, cosine }\nlet a = b\n', { sources })).toEqual([
    "LV0203 `./b.recipe` uses `cosine` but does not declare it",
  ]);
});

test("a fault in a recipe that is used is shown there", () => {
  const sources = new Map([["lib/b.recipe", "let b = missing\n"]]);
  const [fault] = checkText('use "./lib/b.recipe" { b }\nlet a = b + 1\n', { sources }).diagnostics;
  expect(fault?.place).toEqual({ file: "lib/b.recipe", range: { start: 8, end: 15 } });
});

test("bytes that are no text are shown in their file", () => {
  const [fault] = checkText('data plays = text("data/latin1.txt")\n').diagnostics;
  expect(fault?.place).toEqual({ file: "data/latin1.txt", line: 2, column: 5 });
  expect(fault?.message).toBe("expected UTF-8 text in `data/latin1.txt`, found the byte 0xe9");
  expect(fault?.related[0]?.place.file).toBe("recipe.recipe");
});

test("branches that are not taken are checked for names, and all of them on demand", () => {
  const text = `input size: "small" | "large" = "small"
let a = match size {
  "small" => 1
  "large" => 1 + true
}
`;
  expect(codes(text)).toEqual([]);
  expect(codes(text, { all: true })).toEqual(["LV0310 `+` does not apply to Int and Bool"]);
  expect(codes(text, { inputs: new Map([["size", "large"]]) })).toEqual([
    "LV0310 `+` does not apply to Int and Bool",
  ]);
});

test("checking never throws, whatever is deleted, doubled or swapped", () => {
  const texts = [
    ...library.map((file) => readFileSync(join(std, file), "utf8")),
    readFileSync(join(recipes, "quickstart.recipe"), "utf8"),
  ].map((text) => text.split(/(?<=\W)|(?=\W)/));
  fc.assert(
    fc.property(
      fc.nat(texts.length - 1),
      fc.nat(),
      fc.nat(),
      fc.constantFrom("delete", "double", "swap"),
      (which, first, second, change) => {
        const tokens = [...(texts[which] ?? [])];
        const a = first % tokens.length;
        const b = second % tokens.length;
        const [left, right] = [tokens[a] ?? "", tokens[b] ?? ""];
        if (change === "delete") tokens.splice(a, 1);
        else if (change === "double") tokens.splice(a, 0, left);
        else {
          tokens[a] = right;
          tokens[b] = left;
        }
        checkText(tokens.join(""));
      },
    ),
    { numRuns: 300 },
  );
});
