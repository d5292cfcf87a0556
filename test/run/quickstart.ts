import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkRecipe } from "../../cli/check-recipe.ts";
import { compilerFor } from "../../cli/compiler.ts";
import type { Device } from "../../runtime/device/device.ts";
import { nodeDisk } from "../../runtime/host/disk.ts";
import { runStages } from "../../runtime/stages/run.ts";
import { openTensors, readTensor } from "../../runtime/weights/safetensors.ts";
import type { Values } from "./machine.ts";

const recipeFile = fileURLToPath(new URL("../../recipes/quickstart.recipe", import.meta.url));

/** What the first steps of the quickstart leave. */
export interface QuickstartRun {
  readonly losses: readonly number[];
  /** Parameters and moments, as the last checkpoint has them. */
  readonly states: Values;
  /** Of the checkpoint and of the exported model. */
  readonly digests: readonly string[];
}

/** Runs the quickstart's training for a few steps, in a folder of its own. */
export async function runQuickstart(
  device: Device,
  runsFolder: string,
  steps: number,
): Promise<QuickstartRun> {
  const { checked, host, path } = await checkRecipe(recipeFile, { duration: `${steps} steps` });
  const elaborated = checked?.elaborated;
  if (elaborated === undefined) throw new Error(JSON.stringify(checked?.diagnostics));
  const losses: number[] = [];
  let folder: string | undefined;
  for await (const event of runStages(elaborated.plan, {
    device,
    host,
    compiler: compilerFor(elaborated, device),
    recipe: path,
    runsFolder,
    version: "0.1.0",
    only: "base",
  })) {
    if (event.event === "refused") throw new Error(JSON.stringify(event.diagnostics));
    if (event.event === "step") losses.push(event.loss);
    if (event.event === "done") folder = event.folder;
  }
  if (folder === undefined) throw new Error("the stage did not end");
  const checkpoint = join(folder, "state", `step-${steps}.safetensors`);
  const model = join(folder, "model.safetensors");
  return {
    losses,
    states: await tensorsIn(checkpoint),
    digests: [checkpoint, model].map((file) =>
      createHash("sha256").update(readFileSync(file)).digest("hex"),
    ),
  };
}

async function tensorsIn(path: string): Promise<Values> {
  const file = await openTensors(nodeDisk, path);
  const values: Record<string, ArrayLike<number>> = {};
  for (const [name, { format, shape }] of file.tensors) {
    const element = format === "F32" ? "f32" : "i32";
    values[name] = await readTensor(nodeDisk, file, name, element, shape);
  }
  return values;
}
