import { compilerFor } from "../cli/compiler.ts";
import { openContext } from "../runtime/data/context.ts";
import { openStream } from "../runtime/data/stream.ts";
import type { Device } from "../runtime/device/device.ts";
import { nodeDisk } from "../runtime/host/disk.ts";
import { nodeHost } from "../runtime/host/node.ts";
import { stageProgress } from "../runtime/stages/progress.ts";
import { Trainer } from "../runtime/stages/trainer.ts";
import { type CheckedStage, quickstartPath } from "./recipe.ts";

/** The stage in training on a device, as a run does it, without a folder. */
export async function openTraining(
  { elaborated, stage }: CheckedStage,
  device: Device,
): Promise<Trainer> {
  const host = nodeHost();
  const data = openContext(host);
  const stream = await openStream(stage.data, data);
  const progress = stageProgress(stage, stream.length);
  const context = {
    plan: elaborated.plan,
    options: {
      device,
      host,
      compiler: compilerFor(elaborated, device),
      recipe: quickstartPath,
      runsFolder: "",
      version: "",
    },
    disk: nodeDisk,
    data,
    clock: () => performance.now(),
    keyOf: () => "",
    folderOf: () => "",
  };
  return Trainer.open(stage, context, progress, stream);
}
