import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Host } from "../../program/host.ts";
import type { Disk } from "../host/disk.ts";
import { replaceText } from "./replace-file.ts";

/** The sources of a recipe as they lie in the `recipe/` folder of a run. */
export interface StoredSources {
  readonly entry: string;
  /** Path in `recipe/`, with `/`, → text. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Where sources go: the recipe and what lies around it keep their places to each other, so that
 * `use "./other.recipe"` still leads to it; modules of the library are under `std/`.
 */
export function storedSources(
  recipe: string,
  sources: Readonly<Record<string, string>>,
): StoredSources {
  const own = Object.keys(sources).filter((path) => !isLibrary(path));
  const root = own
    .map((path) => dirname(resolve(path)))
    .reduce(commonFolder, dirname(resolve(recipe)));
  const place = (path: string): string =>
    isLibrary(path) ? libraryFile(path) : relative(root, resolve(path)).split(sep).join("/");
  return {
    entry: place(recipe),
    files: Object.fromEntries(Object.entries(sources).map(([path, text]) => [place(path), text])),
  };
}

/** The library's modules are named `std/…`, whatever folder they come from. */
function isLibrary(path: string): boolean {
  return !isAbsolute(path) && path.startsWith("std/");
}

/** As the library's own folder names it, so that a run's folder can stand in for it. */
function libraryFile(path: string): string {
  return path.endsWith(".recipe") ? path : `${path}.recipe`;
}

function commonFolder(a: string, b: string): string {
  let folder = a;
  while (relative(folder, b).startsWith("..")) folder = dirname(folder);
  return folder;
}

export async function writeSources(
  disk: Disk,
  folder: string,
  { files }: StoredSources,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, "recipe", path);
    await disk.makeFolder(dirname(target));
    await replaceText(disk, target, text);
  }
}

/** SHA-256 of every source, by path. */
export async function hashSources(
  { files }: StoredSources,
  host: Host,
): Promise<Readonly<Record<string, string>>> {
  const hashes = Object.entries(files).map(
    async ([path, text]) => [path, await host.digest(new TextEncoder().encode(text))] as const,
  );
  return Object.fromEntries(await Promise.all(hashes));
}
