import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import type { Diagnostic } from "../../../program/diagnostics/diagnostic.ts";
import { type Disk, nodeDisk } from "../../../runtime/host/disk.ts";
import type { RunEvent } from "../../../runtime/stages/events.ts";
import { fillingDisk, systemError, watchedDisk } from "../../fault/faulty-disk.ts";
import { filesOf } from "../cases.ts";
import { filesBelow, folderOf, openDevice, runRecipe, stepsOf } from "../run.ts";

const device = openDevice();
const recipes = filesOf("20-last-step", ".recipe");

function saidBy(events: readonly RunEvent[]): readonly string[] {
  const last = events.at(-1);
  const found: readonly Diagnostic[] = last?.event === "refused" ? last.diagnostics : [];
  return found.map(({ code, message }) => `${code} ${message}`);
}

/** What a run has left beside the recipe and its data. */
function leftIn(folder: string): readonly string[] {
  return filesBelow(folder)
    .map((path) => relative(folder, path))
    .filter((path) => !path.startsWith("data/") && !path.endsWith(".recipe"));
}

/** Ways of failing that would show at the last step, each of which shows before the first. */
const faults: readonly {
  readonly name: string;
  readonly disk?: (folder: string) => Disk;
  readonly prepare?: (folder: string) => void;
  readonly said: RegExp;
  readonly left: readonly (string | RegExp)[];
}[] = [
  {
    name: "a disk that is too small",
    disk: () => ({ ...nodeDisk, freeBytes: async () => 1_000_000 }),
    said: /^LV0902 3 checkpoints of \d+ bytes and the result need \d+ bytes, 1000000 are free on this disk$/,
    left: [],
  },
  {
    name: "a disk that says it has room and has not",
    disk: () => fillingDisk(nodeDisk, 100),
    said: /^LV0903 could not write step-0\.safetensors: the disk is full$/,
    left: [],
  },
  {
    name: "a folder of runs that may not be written",
    disk: (folder) => ({
      ...nodeDisk,
      makeFolder: async (path) => {
        if (relative(join(folder, "runs"), path).startsWith("..")) return nodeDisk.makeFolder(path);
        throw systemError("EACCES");
      },
      assertWritable: async () => Promise.reject(systemError("EACCES")),
    }),
    said: /^LV0903 could not make the folder: this user may not$/,
    left: [],
  },
  {
    name: "a file system that is read-only",
    disk: () => ({
      ...watchedDisk(nodeDisk, () => {
        throw systemError("EROFS");
      }),
      makeFolder: async () => Promise.reject(systemError("EROFS")),
      assertWritable: async () => Promise.reject(systemError("EROFS")),
    }),
    said: /^LV0903 could not make the folder: the file system is read-only$/,
    left: [],
  },
  {
    name: "a path for runs that leads through a file",
    prepare: (folder) => writeFileSync(join(folder, "runs"), "a file\n"),
    said: /^LV0903 could not make the folder: a part of the path is a file, not a folder$/,
    left: ["runs"],
  },
  {
    name: "an export into a folder of other files",
    prepare: (folder) => {
      for (const name of ["tied", "untied", "llama"]) {
        mkdirSync(join(folder, "out", name), { recursive: true });
        writeFileSync(join(folder, "out", name, "thesis.doc"), "");
      }
    },
    said: /^LV0908 `out\/[a-z]+` holds `thesis.doc`, which no export wrote$/,
    left: ["out/llama/thesis.doc", "out/tied/thesis.doc", "out/untied/thesis.doc"],
  },
  {
    name: "a disk that gives back other bytes",
    disk: () => ({
      ...nodeDisk,
      async readRange(path, from, length) {
        const bytes = await nodeDisk.readRange(path, from, length);
        if (path.includes("rehearsal") && from > 2000 && length > 500)
          bytes[7] = (bytes[7] ?? 0) ^ 64;
        return bytes;
      },
    }),
    said: /^LV0910 the exported `parameter:[a-z.]+` comes back from the disk with other values$/,
    left: [/^runs\/[a-z]+\/base-[0-9a-f]+\/state\/step-0\.json$/],
  },
];

for (const { name, disk, prepare, said, left } of faults) {
  test.each(recipes)(`%s: ${name} is refused before the first step`, async (recipe) => {
    const folder = folderOf("20-last-step", recipe);
    prepare?.(folder);
    const faulty = disk?.(folder);
    const events = await runRecipe({
      device: device(),
      folder,
      recipe,
      ...(faulty === undefined ? {} : { disk: faulty }),
    });
    expect(saidBy(events)).toEqual([expect.stringMatching(said)]);
    expect(stepsOf(events)).toEqual([]);
    if (prepare === undefined) expect(existsSync(join(folder, "out"))).toBe(false);
    const found = leftIn(folder);
    if (left.every((path) => typeof path === "string")) expect(found).toEqual(left);
    else for (const path of left) expect(found).toContainEqual(expect.stringMatching(path));
  });
}

test.each(recipes)("%s is saved, read back and exported before it is trained", async (recipe) => {
  const folder = folderOf("20-last-step", recipe);
  const events = await runRecipe({ device: device(), folder, recipe });
  expect(events.at(-1)).toMatchObject({ event: "done", stage: "release" });
  expect(leftIn(folder).filter((path) => path.includes("rehearsal"))).toEqual([]);
});
