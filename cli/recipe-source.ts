import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { recipeNotFound, recipeNotText } from "../program/diagnostics/catalogue/recipe-file.ts";
import { diagnose } from "../program/diagnostics/define.ts";
import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import { findInvalidByte } from "../runtime/data/utf8.ts";
import { nearest } from "./nearest.ts";
import { shortPath } from "./short-path.ts";

export type RecipeSource =
  | { readonly ok: true; readonly path: string; readonly text: string }
  | { readonly ok: false; readonly path: string; readonly diagnostic: Diagnostic };

/** The text of the recipe that a command was given; `path` is absolute. */
export async function readRecipe(given: string): Promise<RecipeSource> {
  const path = resolve(given);
  try {
    return recipeText(path, await readFile(path));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "EISDIR" ? "folder" : "missing";
    const near = await similarFile(path, reason);
    return {
      ok: false,
      path,
      diagnostic: diagnose(recipeNotFound, { file: path }, { reason, near }),
    };
  }
}

/** The text of bytes that should be a recipe; a byte order mark stays, so that printing keeps it. */
export function recipeText(path: string, bytes: Uint8Array): RecipeSource {
  const invalid = findInvalidByte(bytes);
  if (invalid === undefined) {
    return { ok: true, path, text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) };
  }
  const { line, column, byte } = invalid;
  return {
    ok: false,
    path,
    diagnostic: diagnose(recipeNotText, { file: path, line, column }, { byte }),
  };
}

/** A recipe of a similar name in the same folder, or the only one in a folder that was given. */
async function similarFile(
  path: string,
  reason: "missing" | "folder",
): Promise<string | undefined> {
  const folder = reason === "folder" ? path : dirname(path);
  const names = await readdir(folder).catch(() => []);
  const recipes = names.filter((name) => name.endsWith(".recipe"));
  const [only] = recipes;
  const name =
    reason === "folder" && recipes.length === 1
      ? only
      : nearest(basename(path).replace(/(\.recipe)?$/, ".recipe"), recipes);
  return name === undefined ? undefined : shortPath(join(folder, name));
}
