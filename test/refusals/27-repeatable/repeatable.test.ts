import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { filesOf } from "../cases.ts";
import { filesBelow, folderOf, openDevice, runRecipe, stageFolder } from "../run.ts";

const device = openDevice();
const hash = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

/** Files that tell when something was, and how fast. */
const timed =
  /metrics\.jsonl$|tfevents|report\.html$|manifest\.json$|README\.md$|state.step-\d+\.json$/;

test.each(filesOf("27-repeatable", ".recipe"))("%s gives the same bits twice", async (recipe) => {
  const folders = [folderOf("27-repeatable", recipe), folderOf("27-repeatable", recipe)];
  const results = [];
  for (const folder of folders) {
    const events = await runRecipe({ device: device(), folder, recipe });
    expect(events.at(-1)?.event).toBe("done");
    const run = stageFolder(folder, recipe);
    const told = events.flatMap((event): readonly (string | number)[] => {
      if (event.event === "sample") return [event.text];
      return event.event === "step" ? [event.loss, event.gradient_norm] : [];
    });
    const files = filesBelow(run).filter((path) => !timed.test(path));
    const hashes = files.map((path) => `${relative(run, path)} ${hash(readFileSync(path))}`);
    results.push({ key: relative(folder, run), told, hashes });
  }
  const [once, twice] = results;
  expect(once?.hashes.length).toBeGreaterThan(8);
  expect(twice).toEqual(once);
});

test.each(filesOf("27-repeatable", ".recipe"))(
  "the manifest of %s has the hash of everything that went in",
  async (recipe) => {
    const folder = folderOf("27-repeatable", recipe);
    await runRecipe({ device: device(), folder, recipe });
    const run = stageFolder(folder, recipe);
    const manifest = JSON.parse(readFileSync(join(run, "manifest.json"), "utf8"));
    const data = readFileSync(join(folder, "data/shakespeare.txt"));
    expect(manifest.inputs).toEqual({ "data/shakespeare.txt": hash(data) });
    const stored = filesBelow(join(run, "recipe"));
    expect(manifest.recipe.sources).toEqual(
      Object.fromEntries(
        stored.map((path) => [relative(join(run, "recipe"), path), hash(readFileSync(path))]),
      ),
    );
    expect(Object.keys(manifest.recipe.sources)).toContain("std/prelude.recipe");
    const own = manifest.recipe.sources[manifest.recipe.entry];
    expect(own).toBe(hash(readFileSync(join(folder, recipe))));
    for (const name of ["levain", "node", "system", "target", "threads", "version"]) {
      expect(manifest.decides[name], name).toBeDefined();
    }
  },
);
