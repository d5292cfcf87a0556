import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** The program that users call; `npm run prepare` builds it. */
export const levain: string = fileURLToPath(new URL("../dist/levain.js", import.meta.url));

export function processor(): string {
  const all = cpus();
  return `${all[0]?.model.trim() ?? "unknown processor"}, ${all.length} cores`;
}

export function versions(...packages: readonly string[]): Readonly<Record<string, string>> {
  const entries = packages.map((name) => [name, versionOf(`node_modules/${name}/package.json`)]);
  return {
    levain: versionOf("package.json"),
    node: process.versions.node,
    ...Object.fromEntries(entries),
  };
}

function versionOf(manifest: string): string {
  const { version } = JSON.parse(readFileSync(`${root}${manifest}`, "utf8")) as { version: string };
  return version;
}

/** Said where others use the machine: times are then upper bounds. */
export function busyNotes(): readonly string[] {
  const [load = 0] = loadavg();
  const cores = cpus().length;
  if (load < 0.5 * cores + 1) return [];
  const text = `the machine is busy (load ${load.toFixed(1)} on ${cores} cores)`;
  return [`${text}: times are upper bounds, and minima say more than medians`];
}
