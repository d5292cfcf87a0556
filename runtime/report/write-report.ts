import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Disk } from "../host/disk.ts";
import type { Manifest } from "../runs/manifest.ts";
import { readMetrics } from "../runs/metrics-file.ts";
import { replaceFile, replaceText } from "../runs/replace-file.ts";
import { eventFile } from "./event-file.ts";
import { reportPage } from "./page.ts";

/** Writes `report.html`, one file that needs nothing else to be read, and the events for TensorBoard. */
export async function writeReport(disk: Disk, folder: string, manifest: Manifest): Promise<void> {
  const require = createRequire(import.meta.url);
  const [script, style] = await Promise.all([
    readFile(require.resolve("uplot/dist/uPlot.iife.min.js"), "utf8"),
    readFile(require.resolve("uplot/dist/uPlot.min.css"), "utf8"),
  ]);
  const records = await readMetrics(disk, folder);
  await replaceText(
    disk,
    join(folder, "report.html"),
    reportPage(manifest, records, { script, style }),
  );
  const events = eventFile(records, new Date(manifest.begun));
  await replaceFile(disk, join(folder, "events.out.tfevents.levain"), [events]);
}
