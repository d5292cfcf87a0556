import { createHash } from "node:crypto";
import { join } from "node:path";
import { damagedCheckpoint } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { Port } from "../../program/executable.ts";
import type { Store } from "../device/device.ts";
import type { Disk } from "../host/disk.ts";
import { refuse } from "../refusal.ts";
import { encodeTensors, openTensors, readTensor } from "../weights/safetensors.ts";
import { withFiles } from "./file-failure.ts";
import { hashFile, replaceFile, replaceJson, unfinished } from "./replace-file.ts";

/** The host's part of a state: what continues a run to the bit, beside the tensors of the device. */
export interface Counters {
  /** Steps that are done. */
  readonly step: number;
  /** Rows that were read: the position in the data. */
  readonly rows: number;
  /** Tokens that were read. */
  readonly tokens: number;
  /** Milliseconds of training. */
  readonly elapsed: number;
}

interface Description extends Counters {
  readonly states: readonly Port[];
  readonly bytes: number;
  readonly sha256: string;
}

/** A checkpoint whose every byte is as it was written. */
export interface Checkpoint {
  readonly counters: Counters;
  /** Puts tensors into the store, as new ones or over old ones of the same names; all if none are named. */
  restore(store: Store, names?: readonly string[]): Promise<void>;
}

/** This many complete checkpoints stay, the newest first. */
const kept = 2;

/**
 * Writes `state/step-N.safetensors` and then `state/step-N.json`, which makes it complete. Earlier
 * ones are removed only afterwards.
 */
export async function writeCheckpoint(
  disk: Disk,
  folder: string,
  store: Store,
  names: readonly string[],
  counters: Counters,
): Promise<void> {
  const state = join(folder, "state");
  const states = names.map((name) => store.port(name));
  const tensors = states.map(({ name, shape, element }) => ({
    name,
    shape,
    element,
    read: () => store.read(name),
  }));
  await withFiles("make the folder", state, () => disk.makeFolder(state));
  const { step } = counters;
  const metadata = { step: String(step) };
  const written = await replaceFile(
    disk,
    tensorPath(folder, step),
    encodeTensors(tensors, metadata),
  );
  const description: Description = { ...counters, states, ...written };
  await replaceJson(disk, descriptionPath(folder, step), {
    ...description,
    checksum: checksum(description),
  });
  for (const old of (await checkpointSteps(disk, folder))
    .filter((other) => other !== step)
    .slice(kept - 1)) {
    await removeCheckpoint(disk, folder, old);
  }
}

/** Steps of the checkpoints that were completed, the newest first. */
export async function checkpointSteps(disk: Disk, folder: string): Promise<readonly number[]> {
  return (await disk.list(join(folder, "state")))
    .flatMap((name) => /^step-(\d+)\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

/** The newest complete checkpoint, verified; undefined where none was completed. */
export async function newestCheckpoint(
  disk: Disk,
  folder: string,
): Promise<Checkpoint | undefined> {
  const [step, previous] = await checkpointSteps(disk, folder);
  if (step === undefined) return undefined;
  const file = descriptionPath(folder, step);
  const damaged = (problem: string, at: string): never =>
    refuse(diagnose(damagedCheckpoint, { file: at }, { problem, step, previous }));
  const description = readDescription(await disk.read(file));
  if (description === undefined || description.step !== step) {
    return damaged("its description does not have the checksum that it was written with", file);
  }
  const path = tensorPath(folder, step);
  const found = await hashFile(disk, path);
  if (found === undefined) return damaged("its tensors are missing", path);
  if (found.bytes !== description.bytes) {
    return damaged(`${description.bytes} bytes were written, ${found.bytes} are there`, path);
  }
  if (found.sha256 !== description.sha256) {
    return damaged("its tensors do not have the checksum that they were written with", path);
  }
  const { rows, tokens, elapsed } = description;
  return {
    counters: { step, rows, tokens, elapsed },
    async restore(store, names) {
      const tensors = await openTensors(disk, path);
      for (const port of description.states) {
        if (names !== undefined && !names.includes(port.name)) continue;
        const values = await readTensor(disk, tensors, port.name, port.element, port.shape);
        if (store.has(port.name)) store.write(port.name, values);
        else store.create(port, values);
      }
    },
  };
}

/** Removes a checkpoint, its description first, so that what is left is no checkpoint. */
export async function removeCheckpoint(disk: Disk, folder: string, step: number): Promise<void> {
  await disk.remove(descriptionPath(folder, step));
  await disk.remove(tensorPath(folder, step));
}

/** Removes what a process that was killed has left unfinished in a folder. */
export async function removeUnfinished(disk: Disk, folder: string): Promise<void> {
  for (const inside of [folder, join(folder, "state")]) {
    for (const name of await disk.list(inside)) {
      if (name.endsWith(unfinished)) await disk.remove(join(inside, name));
    }
  }
  const complete = new Set(await checkpointSteps(disk, folder));
  for (const name of await disk.list(join(folder, "state"))) {
    const step = /^step-(\d+)\.safetensors$/.exec(name)?.[1];
    if (step !== undefined && !complete.has(Number(step))) {
      await disk.remove(join(folder, "state", name));
    }
  }
}

function tensorPath(folder: string, step: number): string {
  return join(folder, "state", `step-${step}.safetensors`);
}

function descriptionPath(folder: string, step: number): string {
  return join(folder, "state", `step-${step}.json`);
}

function checksum(description: Description): string {
  return createHash("sha256").update(JSON.stringify(description)).digest("hex");
}

/** The description, where it is what was written. */
function readDescription(bytes: Uint8Array | undefined): Description | undefined {
  if (bytes === undefined) return undefined;
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Description & {
      readonly checksum: string;
    };
    const { checksum: written, ...description } = value;
    return checksum(description) === written ? description : undefined;
  } catch {
    return undefined;
  }
}
