/**
 * Runs the recipe of a folder in a process of its own, which kills itself before the n-th operation of
 * the disk, or before the n-th that belongs to the writing of a checkpoint. Arguments: folder, target,
 * `any`, `checkpoint` or `never`, and n.
 */
import { join } from "node:path";
import { checkRecipe } from "../../../cli/check-recipe.ts";
import { compilerFor } from "../../../cli/compiler.ts";
import { invariant } from "../../../program/invariant.ts";
import type { Device } from "../../../runtime/device/device.ts";
import { openOnnxDevice } from "../../../runtime/device/onnx/open.ts";
import { openWebGpuDevice } from "../../../runtime/device/webgpu/open.ts";
import { nodeDisk } from "../../../runtime/host/disk.ts";
import { runStages } from "../../../runtime/stages/run.ts";
import { watchedDisk } from "../faulty-disk.ts";

const [folder = "", target = "", kind = "", count = ""] = process.argv.slice(2);
const checkpoint = /\/state\/step-[1-9]\d*\.(safetensors|json)(\.part)?$/;

let left = Number(count);
const disk = watchedDisk(nodeDisk, ({ action, path }) => {
  if (kind === "never" || action === "remove") return;
  if (kind === "checkpoint" && !checkpoint.test(path)) return;
  left -= 1;
  if (left <= 0) process.kill(process.pid, "SIGKILL");
});

async function open(): Promise<Device | undefined> {
  if (target === "webgpu") return openWebGpuDevice();
  return openOnnxDevice({ threads: 2, processor: "this" });
}

const recipe = await checkRecipe(join(folder, "tiny.recipe"));
const elaborated = recipe.checked?.elaborated;
invariant(elaborated !== undefined, JSON.stringify(recipe.diagnostics));
const device = await open();
invariant(device !== undefined, "the device is there");
for await (const event of runStages(elaborated.plan, {
  device,
  host: recipe.host,
  compiler: compilerFor(elaborated, device),
  recipe: recipe.path,
  runsFolder: join(folder, "runs"),
  version: "0.1.0",
  disk,
})) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
await device.close();
