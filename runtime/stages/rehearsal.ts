import { join } from "node:path";
import { notEnoughDisk, otherWhenRead } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import { invariant } from "../../program/invariant.ts";
import type { TrainPlan } from "../../program/stage-plan.ts";
import type { Values } from "../device/device.ts";
import type { Disk } from "../host/disk.ts";
import { refuse } from "../refusal.ts";
import { newestCheckpoint } from "../runs/checkpoint.ts";
import { withFiles } from "../runs/file-failure.ts";
import type { TextTokenizer } from "../text/tokenizer.ts";
import { readParameters } from "../weights/layout.ts";
import { writeModelFolder } from "../weights/model-folder.ts";
import { openTensorFolder } from "../weights/shards.ts";
import type { Trainer } from "./trainer.ts";

/** Room for metrics, report and what else is small. */
const smallFiles = 2 ** 24;

/** Two complete checkpoints and the one that is being written. */
const checkpoints = 3;

/**
 * Step −1: nothing fails at the last step that could have failed at the first. The disk has room for
 * all that will be written; the initial state is saved, read back and compared; so is the model in
 * the form in which it will be handed out.
 */
export async function rehearse(
  disk: Disk,
  folder: string,
  plan: TrainPlan,
  trainer: Trainer,
  tokenizer: TextTokenizer,
): Promise<void> {
  await assertRoom(disk, folder, plan, trainer);
  await trainer.checkpoint(folder);
  const states = await trainer.states();
  const checkpoint = await newestCheckpoint(disk, folder);
  invariant(checkpoint?.counters.step === 0, "the first checkpoint is the newest");
  await trainer.restore(checkpoint);
  for (const [name, values] of await trainer.states()) {
    compare(folder, `the initial state \`${name}\``, states.get(name), values);
  }

  const { model } = plan;
  const trial = join(folder, "rehearsal");
  await withFiles("make the folder", trial, () => disk.makeFolder(trial));
  await writeModelFolder(disk, trial, model, model.layout, tokenizer, (name) =>
    trainer.store.read(name),
  );
  const parameters = await readParameters(await openTensorFolder(disk, trial), model, model.layout);
  for (const [name, values] of parameters) {
    compare(trial, `the exported \`${name}\``, states.get(name), values);
  }
  await withFiles("remove the folder", trial, () => disk.remove(trial));
}

async function assertRoom(
  disk: Disk,
  folder: string,
  plan: TrainPlan,
  trainer: Trainer,
): Promise<void> {
  const model = 4 * plan.model.parameterCount;
  const needed = checkpoints * trainer.stateBytes + model + smallFiles;
  const free = await withFiles("ask for the free space", folder, () => disk.freeBytes(folder));
  if (free >= needed) return;
  const what = `${checkpoints} checkpoints of ${trainer.stateBytes} bytes and the result`;
  refuse(diagnose(notEnoughDisk, { file: folder }, { needed, free, what }));
}

/** Bits are compared, so that NaN equals itself and 0 differs from −0. */
function compare(folder: string, what: string, before: Values | undefined, after: Values): void {
  invariant(before !== undefined, `${what} was there before`);
  const [a, b] = [before, after].map((values) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  if (a !== undefined && b !== undefined && a.equals(b)) return;
  refuse(diagnose(otherWhenRead, { file: folder }, { what }));
}
