import { dirname, join, resolve } from "node:path";
import { exportFolderInUse } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import { invariant } from "../../program/invariant.ts";
import type { ExportPlan, TrainPlan } from "../../program/stage-plan.ts";
import type { Disk } from "../host/disk.ts";
import { refuse } from "../refusal.ts";
import { withFiles } from "../runs/file-failure.ts";
import { lockFolder } from "../runs/lock.ts";
import type { Manifest } from "../runs/manifest.ts";
import { readManifest, writeManifest } from "../runs/manifest.ts";
import { readTokenizer } from "../runs/read-tokenizer.ts";
import { replaceJson } from "../runs/replace-file.ts";
import { resultsAreThere } from "../runs/results.ts";
import { hashSources, storedSources } from "../runs/sources.ts";
import { readParameters } from "../weights/layout.ts";
import { writeModelFolder } from "../weights/model-folder.ts";
import { openTensorFolder } from "../weights/shards.ts";
import type { RunContext, StageKind } from "./context.ts";
import type { RunEvent } from "./events.ts";

/** Writes the folder that other programs load. */
export const exportStage: StageKind<ExportPlan> = {
  resultFolder: ({ to }) => resolve(to),
  prepare,
  cached,
  run,
};

/** Names the files of the export that made a folder, so that a later one may replace them. */
const marker = "levain.json";

async function prepare(plan: ExportPlan, { disk }: RunContext): Promise<void> {
  const to = resolve(plan.to);
  const names = await withFiles("look into the folder", to, () => disk.list(to));
  if (names.length > 0 && !names.includes(marker)) {
    refuse(
      diagnose(exportFolderInUse, plan.place, { path: plan.to, found: names[0] ?? "other files" }),
    );
  }
  await withFiles("make the folder", to, async () => {
    const missing = await missingFolders(disk, to);
    try {
      await disk.makeFolder(to);
      await disk.assertWritable(to);
    } finally {
      // It is made when there is something to put into it: a run that is refused leaves nothing.
      for (const folder of missing) {
        if ((await disk.list(folder)).length === 0) await disk.remove(folder);
      }
    }
  });
}

/** Folders of the path that are not there, the innermost first. */
async function missingFolders(disk: Disk, path: string): Promise<readonly string[]> {
  const parent = dirname(path);
  if (parent === path || (await disk.size(path)) !== undefined) return [];
  return [path, ...(await missingFolders(disk, parent))];
}

async function cached(plan: ExportPlan, context: RunContext): Promise<boolean> {
  const manifest = await readManifest(context.disk, context.folderOf(plan.address));
  return (
    manifest?.finished === true && resultsAreThere(context.disk, resolve(plan.to), manifest.results)
  );
}

async function* run(
  plan: ExportPlan,
  context: RunContext,
): AsyncGenerator<RunEvent, boolean, undefined> {
  const { disk, options } = context;
  const to = resolve(plan.to);
  const from = context.plan.stages.find(({ address }) => address === plan.from);
  invariant(from?.kind === "train", "what is exported was trained");
  const folder = context.folderOf(plan.address);
  await withFiles("make the folder", folder, () => disk.makeFolder(folder));
  await withFiles("make the folder", to, () => disk.makeFolder(to));
  const lock = await lockFolder(disk, folder, Date.now());
  const begun = new Date().toISOString();
  try {
    yield {
      event: "stage-start",
      stage: plan.address,
      kind: plan.kind,
      folder: to,
      steps: 0,
      from_step: 0,
      parameters: from.model.parameterCount,
      tokens_per_step: 0,
    };
    const results = await write(plan, from, context, to);
    const source = await readManifest(disk, context.folderOf(from.address));
    const sources = storedSources(options.recipe, context.plan.sources);
    const manifest: Manifest = {
      stage: plan.address,
      kind: plan.kind,
      key: context.keyOf(plan.address),
      finished: true,
      begun,
      ended: new Date().toISOString(),
      recipe: {
        entry: sources.entry,
        sources: await hashSources(sources, options.host),
        inputs: context.plan.inputs,
      },
      settings: { to: plan.to, layout: plan.layout.format, from: plan.from },
      inputs: Object.fromEntries(
        Object.entries(source?.results ?? {}).map(([name, { sha256 }]) => [
          `${plan.from}/${name}`,
          sha256,
        ]),
      ),
      data: undefined,
      device: options.device.description,
      decides: { levain: options.version },
      results,
    };
    await writeManifest(disk, folder, manifest);
    yield { event: "done", stage: plan.address, folder: to };
    return true;
  } finally {
    await lock.release();
  }
}

async function write(
  plan: ExportPlan,
  from: TrainPlan,
  context: RunContext,
  to: string,
): Promise<Manifest["results"]> {
  const { disk } = context;
  const source = context.folderOf(from.address);
  const tensors = await openTensorFolder(disk, source);
  const parameters = await readParameters(tensors, from.model, from.model.layout);
  const tokenizer = await readTokenizer(disk, source);
  await replaceJson(disk, join(to, marker), {
    stage: plan.from,
    key: context.keyOf(plan.from),
    levain: context.options.version,
  });
  return writeModelFolder(disk, to, from.model, plan.layout, tokenizer, async (state) => {
    const values = parameters.get(state);
    invariant(values !== undefined, `the layout's ${state} is a parameter`);
    return values;
  });
}
