import { basename, join } from "node:path";
import type { Host } from "../../program/host.ts";
import type { StagePlan } from "../../program/stage-plan.ts";

/** Hexadecimal digits of a stage's key that its folder shows. */
const keyDigits = 12;

/** What a stage's result is known by: the same key means the same result. */
export async function stageKey(stage: StagePlan, host: Host): Promise<string> {
  const digest = await host.digest(new TextEncoder().encode(stage.keyMaterial));
  return digest.slice(0, keyDigits);
}

/** `runs/quickstart/base-0123456789ab`; an address such as `final[1].attempts` is made a plain name. */
export function stageFolder(
  runsFolder: string,
  recipe: string,
  stage: StagePlan,
  key: string,
): string {
  const plain = stage.address.replace(/[^A-Za-z0-9_.]+/g, "-").replace(/^[.-]+|[.-]+$/g, "");
  return join(runsFolder, basename(recipe, ".recipe"), `${plain}-${key}`);
}
