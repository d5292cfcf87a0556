import { join } from "node:path";
import { machineDiffers, notARun } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { PlainValue } from "../../program/pipeline.ts";
import type { Measured } from "../data/measure.ts";
import type { Facts } from "../device/device.ts";
import type { Disk } from "../host/disk.ts";
import { refuse } from "../refusal.ts";
import { withFiles } from "./file-failure.ts";
import type { Written } from "./replace-file.ts";
import { replaceJson } from "./replace-file.ts";

/** What a run is made of and what decides its bits: `manifest.json`. */
export interface Manifest {
  readonly stage: string;
  readonly kind: string;
  readonly key: string;
  readonly finished: boolean;
  readonly begun: string;
  readonly ended: string | undefined;
  readonly recipe: {
    /** The recipe's own file in `recipe/`. */
    readonly entry: string;
    /** SHA-256 of every source, by its path in `recipe/`. */
    readonly sources: Readonly<Record<string, string>>;
    readonly inputs: Readonly<Record<string, PlainValue>>;
  };
  /** All settings of the stage as they were used, defaults included. */
  readonly settings: Readonly<Record<string, PlainValue>>;
  /** SHA-256 of every data file that was read. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly data: Measured | undefined;
  readonly device: string;
  /** A resume where one of these differs would not give the same bits. */
  readonly decides: Facts;
  /** What was written, verified before it is used. */
  readonly results: Readonly<Record<string, Written>>;
}

export function manifestPath(folder: string): string {
  return join(folder, "manifest.json");
}

export async function writeManifest(disk: Disk, folder: string, manifest: Manifest): Promise<void> {
  await replaceJson(disk, manifestPath(folder), manifest);
}

/** The manifest of a run's folder, or undefined where there is none. */
export async function readManifest(disk: Disk, folder: string): Promise<Manifest | undefined> {
  const path = manifestPath(folder);
  const bytes = await withFiles("read the manifest", path, () => disk.read(path));
  if (bytes === undefined) return undefined;
  const manifest = parseManifest(bytes);
  if (manifest === undefined) {
    refuse(diagnose(notARun, { file: path }, { path: folder, problem: "its manifest is damaged" }));
  }
  return manifest;
}

/** Refuses where a fact that decides the bits is another one than when the run was begun. */
export function compareFacts(folder: string, before: Facts, now: Facts): void {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const differences = names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name} was ${shown(before[name])} and is ${shown(now[name])}`);
  if (differences.length === 0) return;
  refuse(diagnose(machineDiffers, { file: folder }, { differences: differences.join(", ") }));
}

function shown(value: string | number | boolean | undefined): string {
  return value === undefined ? "not known" : String(value);
}

/** Only what is relied on is verified; the rest is for readers. */
function parseManifest(bytes: Uint8Array): Manifest | undefined {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Manifest;
    const records = [value.recipe.sources, value.inputs, value.decides, value.results];
    const texts = [value.stage, value.kind, value.key, value.recipe.entry];
    const sound =
      records.every((record) => typeof record === "object" && record !== null) &&
      texts.every((text) => typeof text === "string") &&
      typeof value.finished === "boolean";
    return sound ? value : undefined;
  } catch {
    return undefined;
  }
}
