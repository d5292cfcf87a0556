import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface RecipeFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

function recipesUnder(folder: string): readonly RecipeFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".recipe"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, "utf8") }));
}

/** Every recipe of the project that is meant to be right: the corpus, the library, the examples. */
export const CORPUS: readonly RecipeFile[] = [
  ...recipesUnder("test/grammar/corpus"),
  ...recipesUnder("recipes"),
];
