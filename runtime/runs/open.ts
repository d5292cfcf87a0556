import { join } from "node:path";
import { damagedResult, notARun } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { ModelPlan } from "../../program/stage-plan.ts";
import type { Store } from "../device/device.ts";
import type { Disk } from "../host/disk.ts";
import { nodeDisk } from "../host/disk.ts";
import type { Outcome } from "../refusal.ts";
import { outcome, refuse } from "../refusal.ts";
import type { TextTokenizer } from "../text/tokenizer.ts";
import { readParameters } from "../weights/layout.ts";
import { openTensorFolder } from "../weights/shards.ts";
import { newestCheckpoint } from "./checkpoint.ts";
import type { Manifest } from "./manifest.ts";
import { readManifest } from "./manifest.ts";
import { readTokenizer } from "./read-tokenizer.ts";
import { resultsAreThere } from "./results.ts";

/** The folder of a training stage, for whoever uses its result. */
export interface Run {
  readonly manifest: Manifest;
  /** The recipe as it was; its library is in `library`. */
  readonly recipe: string;
  readonly library: string;
  readonly tokenizer: TextTokenizer;
  /** Puts the parameters into a store: of the result, or of the newest checkpoint of an unfinished run. */
  load(model: ModelPlan, store: Store): Promise<Outcome<{ readonly step: number | undefined }>>;
}

export function openRun(folder: string, disk: Disk = nodeDisk): Promise<Outcome<Run>> {
  return outcome(async () => {
    const manifest = await readManifest(disk, folder);
    const not = (problem: string): never =>
      refuse(diagnose(notARun, { file: folder }, { path: folder, problem }));
    if (manifest === undefined) return not("it has no manifest.json");
    if (manifest.kind !== "train") return not(`it belongs to a stage of the kind ${manifest.kind}`);
    const recipe = join(folder, "recipe", manifest.recipe.entry);
    if ((await disk.size(recipe)) === undefined) return not(`${recipe} is missing`);
    const tokenizer = await readTokenizer(disk, folder);
    return {
      manifest,
      recipe,
      library: join(folder, "recipe", "std"),
      tokenizer,
      load: (model, store) => outcome(() => load(disk, folder, manifest, model, store)),
    };
  });
}

async function load(
  disk: Disk,
  folder: string,
  manifest: Manifest,
  model: ModelPlan,
  store: Store,
): Promise<{ readonly step: number | undefined }> {
  if (!manifest.finished) {
    const checkpoint = await newestCheckpoint(disk, folder);
    if (checkpoint === undefined) {
      return refuse(
        diagnose(notARun, { file: folder }, { path: folder, problem: "it has no weights yet" }),
      );
    }
    await checkpoint.restore(
      store,
      model.parameters.map(({ state }) => state),
    );
    return { step: checkpoint.counters.step };
  }
  if (!(await resultsAreThere(disk, folder, manifest.results))) {
    return refuse(diagnose(damagedResult, { file: folder }, {}));
  }
  const parameters = await readParameters(
    await openTensorFolder(disk, folder),
    model,
    model.layout,
  );
  for (const { state, axes } of model.parameters) {
    const values = parameters.get(state);
    const shape = axes.map(({ size }) => size);
    if (values !== undefined) store.create({ name: state, shape, element: "f32" }, values);
  }
  return { step: undefined };
}
