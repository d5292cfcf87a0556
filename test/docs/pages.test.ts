import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { checkSource } from "../../cli/check-recipe.ts";
import { parse } from "../../grammar/index.ts";
import { levain } from "../cli/levain.ts";
import { blocksOf, pages } from "./blocks.ts";

const blocks = pages().flatMap(blocksOf);
const named = blocks.map((block) => ({ ...block, at: `${block.file}:${block.line}` }));
const recipes = named.filter((block) => block.language === "recipe");
const shell = named.filter((block) => block.language === "sh");

/** Blocks stand as if they were files of recipes/, so that they find its data. */
function checked(text: string) {
  return checkSource({ ok: true, path: resolve("recipes/block.recipe"), text }, {});
}

describe("recipes in the documentation", () => {
  test.each(recipes)("$at can be read", ({ text, words }) => {
    if (words[0] === "wrong") return;
    expect(parse(text, "block.recipe").diagnostics).toEqual([]);
  });

  test.each(recipes.filter(({ words }) => words[0] !== "wrong"))(
    "$at is right",
    async ({ text }) => {
      const { diagnostics } = await checked(text);
      expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
    },
  );

  test.each(recipes.filter(({ words }) => words[0] === "wrong"))(
    "$at is wrong in the way it says",
    async ({ text, words }) => {
      const { diagnostics } = await checked(text);
      expect(diagnostics.map(({ code }) => code)).toEqual(words.slice(1));
    },
  );
});

describe("commands in the documentation", () => {
  const calls = shell.flatMap(({ at, text }) =>
    text
      .split("\n")
      .map((line) => /(?:^|&& )(?:npx )?levain ([a-z]+)(.*)$/.exec(line))
      .filter((match) => match !== null)
      .map(([line, command = "", rest = ""]) => ({ at, line, command, rest })),
  );

  test.each(calls)("$at: $line", async ({ command, rest }) => {
    const { code, out } = await levain([command, "--help"]);
    expect(code).toBe(0);
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(out).toContain(option);
  });
});

describe("links in the documentation", () => {
  test.each([...pages(), "ARCHITECTURE.md", "CHANGELOG.md"])(
    "of %s lead somewhere",
    async (page) => {
      const text = await readFile(page, "utf8");
      for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        expect(existsSync(join(dirname(page), target)), `${page}: ${target}`).toBe(true);
      }
    },
  );
});
