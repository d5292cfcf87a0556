import { join } from "node:path";
import type { Disk } from "../host/disk.ts";
import type { Manifest } from "./manifest.ts";
import type { MetricRecord } from "./metrics-file.ts";
import { readMetrics } from "./metrics-file.ts";
import { replaceText } from "./replace-file.ts";

/** Writes `README.md`: what the model is, what it was made of and how it did. */
export async function writeModelCard(
  disk: Disk,
  folder: string,
  manifest: Manifest,
): Promise<void> {
  const records = await readMetrics(disk, folder);
  await replaceText(disk, join(folder, "README.md"), modelCard(manifest, records));
}

function modelCard(manifest: Manifest, records: readonly MetricRecord[]): string {
  const { settings, data, recipe } = manifest;
  const last = new Map<string, number>();
  for (const record of records) {
    const { event, name, value, loss } = record as MetricRecord & Readonly<Record<string, unknown>>;
    if (event === "measure" && typeof name === "string" && typeof value === "number") {
      last.set(name, value);
    }
    if (event === "step" && typeof loss === "number") last.set("loss", loss);
  }
  const rows = (entries: readonly (readonly [string, unknown])[]): string =>
    [
      "| | |",
      "|---|---|",
      ...entries.map(([name, value]) => `| ${name} | ${String(value)} |`),
    ].join("\n");
  const plain = Object.entries(settings).filter(
    ([, value]) => typeof value !== "object" && value !== null,
  );
  return `---
tags:
  - levain
---

# ${String(settings["model"] ?? manifest.stage)}

The result of the stage \`${manifest.stage}\` of \`recipe/${recipe.entry}\`, trained with Levain ${String(manifest.decides["levain"])}.

## Results

${rows([...last].map(([name, value]) => [name, Number(value.toPrecision(5))]))}

## Settings

${rows(plain)}

## Data

${rows([
  ...Object.entries(manifest.inputs).map(([path, hash]) => [path, `SHA-256 \`${hash}\``] as const),
  ...(data === undefined
    ? []
    : ([
        ["rows", data.rows],
        ["tokens", data.tokens],
        ["bytes", data.bytes],
        ["tokens left over", data.dropped],
      ] as const)),
])}

## How it was made

Begun ${manifest.begun}, ended ${manifest.ended ?? "not yet"}, on ${manifest.device}. \`recipe/\` holds the
recipe and the library that it used, \`manifest.json\` the hashes of everything that went in.
`;
}
