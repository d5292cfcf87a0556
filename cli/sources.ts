import { readFileSync, statSync } from "node:fs";
import { type Facts, wantKey } from "../program/facts.ts";
import type { Sources } from "./terminal/diagnostics.ts";

/** Larger data files are named in a diagnostic, but their lines are not shown. */
const largestShown = 16 * 1024 * 1024;

/** Texts of recipes and of the library from the facts, and of data files from the disk. */
export function sourcesOf(facts: Facts): Sources {
  const read = new Map<string, string | undefined>();
  return (file) => {
    const library = /^std\/(.+)$/.exec(file)?.[1];
    const fact = facts.get(
      wantKey(
        library === undefined ? { kind: "source", path: file } : { kind: "library", name: library },
      ),
    );
    if (fact?.kind === "source" || fact?.kind === "library") return fact.text;
    if (!read.has(file)) read.set(file, readText(file));
    return read.get(file);
  };
}

function readText(file: string): string | undefined {
  try {
    const found = statSync(file);
    if (!found.isFile() || found.size > largestShown) return undefined;
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
