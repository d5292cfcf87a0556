import type { Host } from "../../program/host.ts";
import type { RecipePlan } from "../../program/stage-plan.ts";
import type { Disk } from "../host/disk.ts";
import { nodeDisk } from "../host/disk.ts";
import type { Outcome } from "../refusal.ts";
import { outcome } from "../refusal.ts";
import { checkpointSteps } from "./checkpoint.ts";
import { stageFolder, stageKey } from "./folder.ts";
import { readManifest } from "./manifest.ts";

/** What is there of a stage's result. */
export interface StageStatus {
  readonly stage: string;
  readonly key: string;
  readonly folder: string;
  readonly cached: boolean;
  /** Step of the newest checkpoint of an unfinished run. */
  readonly step: number | undefined;
}

/** Looks what is there, for `plan` and `runs`; files are not hashed. */
export function stageStatus(
  plan: RecipePlan,
  options: {
    readonly host: Host;
    readonly recipe: string;
    readonly runsFolder: string;
    readonly disk?: Disk;
  },
): Promise<Outcome<readonly StageStatus[]>> {
  const disk = options.disk ?? nodeDisk;
  return outcome(async () => {
    const found: StageStatus[] = [];
    for (const stage of plan.stages) {
      const key = await stageKey(stage, options.host);
      const folder = stageFolder(options.runsFolder, options.recipe, stage, key);
      const manifest = await readManifest(disk, folder);
      const cached = manifest?.finished === true;
      const [step] = cached ? [] : await checkpointSteps(disk, folder);
      found.push({ stage: stage.address, key, folder, cached, step });
    }
    return found;
  });
}
