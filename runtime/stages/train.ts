import { inputChanged, notFinite } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { TrainPlan } from "../../program/stage-plan.ts";
import type { TokenStream } from "../data/stream.ts";
import { openStream } from "../data/stream.ts";
import { refuse } from "../refusal.ts";
import { writeReport } from "../report/write-report.ts";
import {
  checkpointSteps,
  newestCheckpoint,
  removeCheckpoint,
  removeUnfinished,
} from "../runs/checkpoint.ts";
import { withFiles } from "../runs/file-failure.ts";
import { lockFolder } from "../runs/lock.ts";
import type { Manifest } from "../runs/manifest.ts";
import { compareFacts, readManifest, writeManifest } from "../runs/manifest.ts";
import type { MetricsFile } from "../runs/metrics-file.ts";
import { openMetrics } from "../runs/metrics-file.ts";
import { writeModelCard } from "../runs/model-card.ts";
import { resultsAreThere } from "../runs/results.ts";
import { storedSources, writeSources } from "../runs/sources.ts";
import { writeModelFolder, writeTokenizer } from "../weights/model-folder.ts";
import type { RunContext, StageKind } from "./context.ts";
import type { RunEvent, StepEvent } from "./events.ts";
import { Observers } from "./observers.ts";
import { stageProgress } from "./progress.ts";
import { rehearse } from "./rehearsal.ts";
import { assertSoundData } from "./sound-data.ts";
import { trainManifest } from "./train-manifest.ts";
import { Trainer } from "./trainer.ts";

/** Minimises an objective over rows of tokens. */
export const train: StageKind<TrainPlan> = {
  resultFolder: ({ address }, context) => context.folderOf(address),
  prepare,
  cached,
  run,
};

async function prepare(plan: TrainPlan, context: RunContext): Promise<void> {
  await assertSoundData(plan, context.data);
}

async function cached(plan: TrainPlan, context: RunContext): Promise<boolean> {
  const folder = context.folderOf(plan.address);
  const manifest = await readManifest(context.disk, folder);
  return manifest?.finished === true && resultsAreThere(context.disk, folder, manifest.results);
}

async function* run(
  plan: TrainPlan,
  context: RunContext,
): AsyncGenerator<RunEvent, boolean, undefined> {
  const { disk } = context;
  const folder = context.folderOf(plan.address);
  await withFiles("make the folder", folder, async () => {
    await disk.makeFolder(folder);
    await disk.assertWritable(folder);
  });
  const lock = await lockFolder(disk, folder, Date.now());
  try {
    return yield* runLocked(plan, context, folder);
  } finally {
    await lock.release();
  }
}

/** A stage that has the folder for itself. */
async function* runLocked(
  plan: TrainPlan,
  context: RunContext,
  folder: string,
): AsyncGenerator<RunEvent, boolean, undefined> {
  const { disk } = context;
  const stream = await openStream(plan.data, context.data);
  const progress = stageProgress(plan, stream.length);
  const trainer = await Trainer.open(plan, context, progress, stream);
  const observers = new Observers(plan, context, progress, stream);
  let metrics: MetricsFile | undefined;
  try {
    const manifest = await begin(plan, context, folder, trainer, stream);
    const { step: from_step } = trainer.counters;
    metrics = await openMetrics(disk, folder, from_step);
    yield {
      event: "stage-start",
      stage: plan.address,
      kind: plan.kind,
      folder,
      steps: progress.length,
      from_step,
      parameters: plan.model.parameterCount,
      tokens_per_step: progress.tokens,
    };
    let saved = from_step;
    while (trainer.counters.step < progress.length) {
      const aborted = context.options.signal?.aborted === true;
      if (!aborted) {
        const event = await trainer.step();
        const bad = nonFiniteOutput(event);
        if (bad !== undefined) await refuseNotFinite(plan, context, folder, trainer, bad);
        await metrics.append(event);
        yield event;
        for (const seen of await observers.after(event.step, trainer)) {
          await metrics.append(seen);
          yield seen;
        }
      }
      const { step } = trainer.counters;
      const due = step % plan.checkpointEvery === 0 || step === progress.length;
      if (step > saved && (aborted || due)) {
        const bad = await trainer.nonFiniteState();
        if (bad !== undefined) await refuseNotFinite(plan, context, folder, trainer, bad);
        await trainer.checkpoint(folder);
        await writeReport(disk, folder, manifest);
        saved = step;
        yield { event: "checkpoint", stage: plan.address, step };
      }
      if (aborted) {
        yield { event: "interrupted", stage: plan.address, step };
        return false;
      }
    }
    await finish(plan, context, folder, trainer, stream, manifest);
    yield { event: "done", stage: plan.address, folder };
    return true;
  } finally {
    await metrics?.close();
    await observers.close();
    await trainer.close();
  }
}

/** Goes on from the newest checkpoint, or begins with step −1; the manifest says which ground it is on. */
async function begin(
  plan: TrainPlan,
  context: RunContext,
  folder: string,
  trainer: Trainer,
  stream: TokenStream,
): Promise<Manifest> {
  const { disk } = context;
  await withFiles("tidy the folder", folder, () => removeUnfinished(disk, folder));
  const sources = storedSources(context.options.recipe, context.plan.sources);
  const fresh = await trainManifest(plan, context, sources, trainer.programFacts);
  const before = await readManifest(disk, folder);
  const checkpoint = before === undefined ? undefined : await newestCheckpoint(disk, folder);
  if (before !== undefined && checkpoint !== undefined) {
    for (const [path, digest] of Object.entries(before.inputs)) {
      if (fresh.inputs[path] === digest) continue;
      refuse(diagnose(inputChanged, { file: path }, { path, stage: plan.address }));
    }
    if (context.options.anyMachine !== true) compareFacts(folder, before.decides, fresh.decides);
    await trainer.restore(checkpoint);
    const resumed = { ...fresh, begun: before.begun };
    await writeManifest(disk, folder, resumed);
    return resumed;
  }
  for (const step of await checkpointSteps(disk, folder))
    await removeCheckpoint(disk, folder, step);
  await rehearse(disk, folder, plan, trainer, stream.first.tokenizer);
  await writeSources(disk, folder, sources);
  await writeTokenizer(disk, folder, stream.first.tokenizer);
  await writeManifest(disk, folder, fresh);
  return fresh;
}

async function finish(
  plan: TrainPlan,
  context: RunContext,
  folder: string,
  trainer: Trainer,
  stream: TokenStream,
  manifest: Manifest,
): Promise<void> {
  const { disk } = context;
  const { model } = plan;
  const read = (name: string) => trainer.store.read(name);
  const results = await writeModelFolder(
    disk,
    folder,
    model,
    model.layout,
    stream.first.tokenizer,
    read,
  );
  const finished: Manifest = {
    ...manifest,
    finished: true,
    ended: new Date().toISOString(),
    results,
  };
  await writeModelCard(disk, folder, finished);
  await writeReport(disk, folder, finished);
  await writeManifest(disk, folder, finished);
  // What is finished needs no way back.
  for (const step of (await checkpointSteps(disk, folder)).slice(1)) {
    await removeCheckpoint(disk, folder, step);
  }
}

interface NonFinite {
  readonly name: string;
  readonly value: number;
}

function nonFiniteOutput({ loss, gradient_norm }: StepEvent): NonFinite | undefined {
  if (!Number.isFinite(loss)) return { name: "loss", value: loss };
  if (Number.isFinite(gradient_norm)) return undefined;
  return { name: "gradient's norm", value: gradient_norm };
}

/** Stops at the first value that is no number; looks for the operation from the last good state on. */
async function refuseNotFinite(
  plan: TrainPlan,
  context: RunContext,
  folder: string,
  trainer: Trainer,
  { name, value }: NonFinite,
): Promise<never> {
  const { step } = trainer.counters;
  const checkpoint = await newestCheckpoint(context.disk, folder);
  const { diagnoseNonFinite } = context.options;
  let operation: string | undefined;
  if (checkpoint !== undefined && diagnoseNonFinite !== undefined) {
    await trainer.restore(checkpoint);
    while (trainer.counters.step < step - 1) await trainer.step();
    const states = await trainer.states();
    const { data, variables } = await trainer.inputs();
    const stage = plan.address;
    operation = await diagnoseNonFinite({ stage, step: step - 1, states, data, variables });
  }
  return refuse(
    diagnose(notFinite, plan.place, {
      step,
      name,
      value: String(value),
      operation,
      checkpoint: checkpoint?.counters.step ?? 0,
    }),
  );
}
