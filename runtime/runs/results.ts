import { join } from "node:path";
import type { Disk } from "../host/disk.ts";
import type { Written } from "./replace-file.ts";
import { hashFile } from "./replace-file.ts";

/** Whether every file of a result is in the folder as it was written. */
export async function resultsAreThere(
  disk: Disk,
  folder: string,
  results: Readonly<Record<string, Written>>,
): Promise<boolean> {
  for (const [name, { bytes, sha256 }] of Object.entries(results)) {
    const found = await hashFile(disk, join(folder, name));
    if (found?.bytes !== bytes || found.sha256 !== sha256) return false;
  }
  return true;
}
