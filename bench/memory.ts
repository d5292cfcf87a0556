import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const hook = new URL("peak-memory.mjs", import.meta.url).href;

/** The most bytes that a Node process of these words held at any time. */
export function peakMemory(words: (folder: string) => readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), "levain-bench-"));
  const file = join(folder, "peak");
  try {
    const all = ["--import", hook, ...words(folder)];
    const env = { ...process.env, LEVAIN_BENCH_MEMORY: file };
    const { status, stderr } = spawnSync(process.execPath, all, { encoding: "utf8", env });
    if (status !== 0) throw new Error(`node ${all.join(" ")}: ${stderr}`);
    return Number(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
