import { join } from "node:path";
import type { Disk, DiskFile } from "../host/disk.ts";
import { withFiles } from "./file-failure.ts";
import { replaceText } from "./replace-file.ts";

/** What `metrics.jsonl` holds, one object a line: the events of a run that belong to a step. */
export interface MetricRecord {
  readonly event: string;
  readonly step: number;
}

export interface MetricsFile {
  append(record: MetricRecord): Promise<void>;
  close(): Promise<void>;
}

/** Opens the file to go on after a step: records of later steps, which will come again, are removed. */
export async function openMetrics(disk: Disk, folder: string, after: number): Promise<MetricsFile> {
  const path = join(folder, "metrics.jsonl");
  const before = await readMetrics(disk, folder);
  const kept = before.filter(({ step }) => step <= after);
  await replaceText(disk, path, kept.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const file: DiskFile = await withFiles("open", path, () => disk.open(path, "append"));
  return {
    append: (record) =>
      withFiles("write metrics.jsonl", path, () =>
        file.write(new TextEncoder().encode(`${JSON.stringify(record)}\n`)),
      ),
    close: () => file.close(),
  };
}

/** All records; a line that a killed process left half written is no record. */
export async function readMetrics(disk: Disk, folder: string): Promise<readonly MetricRecord[]> {
  const path = join(folder, "metrics.jsonl");
  const bytes = await withFiles("read", path, () => disk.read(path));
  if (bytes === undefined) return [];
  return new TextDecoder()
    .decode(bytes)
    .split("\n")
    .flatMap((line) => {
      try {
        const value = JSON.parse(line) as Partial<MetricRecord> | null;
        const sound = typeof value?.step === "number" && typeof value.event === "string";
        return sound ? [value as MetricRecord] : [];
      } catch {
        return [];
      }
    });
}
