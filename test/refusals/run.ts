import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type CheckedRecipe, checkRecipe, type Inputs } from "../../cli/check-recipe.ts";
import { compilerFor } from "../../cli/compiler.ts";
import type { Elaborated } from "../../compiler/elaborate/elaborate.ts";
import { invariant } from "../../program/invariant.ts";
import type { Device } from "../../runtime/device/device.ts";
import { openOnnxDevice } from "../../runtime/device/onnx/open.ts";
import type { Disk } from "../../runtime/host/disk.ts";
import type { RunEvent, StepEvent } from "../../runtime/stages/events.ts";
import { runStages } from "../../runtime/stages/run.ts";
import { dataFolder, root } from "./cases.ts";

/** One device for the tests of a file. */
export function openDevice(): () => Device {
  let device: Device | undefined;
  beforeAll(async () => {
    device = await openOnnxDevice({ threads: 2, processor: "this" });
  });
  afterAll(() => device?.close());
  return () => {
    invariant(device !== undefined, "tests run after the device was opened");
    return device;
  };
}

/** A folder with a recipe of a kind and the data beside it; removed after the tests of the file. */
export function folderOf(kind: string, recipe: string): string {
  const folder = mkdtempSync(join(tmpdir(), "levain-refusal-"));
  folders.push(folder);
  cpSync(dataFolder, join(folder, "data"), { recursive: true });
  cpSync(join(root, kind, recipe), join(folder, basename(recipe)));
  return folder;
}

const folders: string[] = [];
const before = process.cwd();
afterAll(() => {
  process.chdir(before);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export interface RunCase {
  readonly device: Device;
  readonly folder: string;
  readonly recipe: string;
  readonly inputs?: Inputs;
  readonly disk?: Disk;
  /** Stops as Ctrl-C does, after this step. */
  readonly stopAfter?: number;
}

/** Runs a recipe as the command does in that folder, on the CPU target. */
export async function runRecipe(one: RunCase): Promise<readonly RunEvent[]> {
  // An export goes where the command is called.
  process.chdir(one.folder);
  const { recipe, elaborated } = await checkedCase(one);
  const { device } = one;
  const stop = new AbortController();
  const events: RunEvent[] = [];
  for await (const event of runStages(elaborated.plan, {
    device,
    host: recipe.host,
    compiler: compilerFor(elaborated, device),
    recipe: recipe.path,
    runsFolder: "runs",
    version: "0.1.0",
    signal: stop.signal,
    ...(one.disk === undefined ? {} : { disk: one.disk }),
  })) {
    events.push(event);
    if (event.event === "step" && event.step === one.stopAfter) stop.abort();
  }
  return events;
}

export async function checkedCase({
  folder,
  recipe: name,
  inputs,
}: Pick<RunCase, "folder" | "recipe" | "inputs">): Promise<{
  readonly recipe: CheckedRecipe;
  readonly elaborated: Elaborated;
}> {
  const recipe = await checkRecipe(join(folder, name), inputs);
  const elaborated = recipe.checked?.elaborated;
  invariant(elaborated !== undefined, JSON.stringify(recipe.diagnostics));
  return { recipe, elaborated };
}

export function stepsOf(events: readonly RunEvent[]): readonly StepEvent[] {
  return events.filter((event) => event.event === "step");
}

/** The folder of the only run of a stage. */
export function stageFolder(folder: string, recipe: string, stage = "base"): string {
  const runs = join(folder, "runs", basename(recipe, ".recipe"));
  const [name, ...others] = readdirSync(runs).filter((one) => one.startsWith(`${stage}-`));
  invariant(name !== undefined && others.length === 0, `${stage} was run once`);
  return join(runs, name);
}

export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export function readStage(folder: string, recipe: string, file: string): Buffer {
  return readFileSync(join(stageFolder(folder, recipe), file));
}
