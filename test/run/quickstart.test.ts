import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, levain } from "../cli/levain.ts";

/** A line that says who speaks. */
const speaker = /^[A-Z][A-Z ']*[A-Z]:$/gm;

test(
  "the quickstart learns to write like Shakespeare",
  () =>
    inFolder(async (runs) => {
      const recipe = ["recipes/quickstart.recipe", "--only", "base", "--target", "cpu"];
      const trained = await levain(["run", ...recipe, "--runs", runs, "--json"]);
      expect(trained.err).toBe("");
      expect(trained.code).toBe(0);
      const events = trained.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      const steps = events.filter(({ event }) => event === "step");
      expect(steps).toHaveLength(600);

      const last = (name: string): number => {
        const found = events.findLast((one) => one["event"] === "measure" && one["name"] === name);
        return Number(found?.["value"]);
      };
      const bits = last("bits_per_byte");
      expect(bits).toBeLessThan(0.7 * last("bits_per_byte_unigram"));
      expect(bits).toBeLessThan(last("bits_per_byte_bigram"));

      const folder = String(events.find(({ event }) => event === "done")?.["folder"]);
      const sampled = await levain([
        "sample",
        folder,
        "--tokens",
        "300",
        "--target",
        "cpu",
        "--json",
      ]);
      expect(sampled.code).toBe(0);
      const { text, tokens } = JSON.parse(sampled.out) as { text: string; tokens: number[] };
      expect(tokens).toHaveLength(300);
      expect(text.match(speaker)?.length ?? 0).toBeGreaterThanOrEqual(2);
      expect(shareOfKnownWords(text)).toBeGreaterThanOrEqual(0.7);
    }),
  3_600_000,
);

/** Of the words of three letters or more, those that the training text has. */
function shareOfKnownWords(text: string): number {
  const plays = readFileSync(join("recipes", "data", "shakespeare.txt"), "utf8");
  const training = plays.slice(0, Math.floor(0.95 * plays.length));
  const known = new Set(wordsOf(training));
  const words = wordsOf(text);
  return words.filter((word) => known.has(word)).length / words.length;
}

function wordsOf(text: string): string[] {
  return text.match(/[A-Za-z]{3,}/g) ?? [];
}
