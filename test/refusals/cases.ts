import { readdirSync } from "node:fs";
import { join } from "node:path";

/** One folder a kind of failure: `02-no-effect`; `bad-input` holds what is of no kind. */
export const root = import.meta.dirname;

/** Texts that recipes of all kinds read as `data/…`. */
export const dataFolder = join(root, "data");

export const kinds: readonly string[] = readdirSync(root)
  .filter((name) => /^\d\d-|^bad-input$/.test(name))
  .sort();

/** Files of a kind's folder, at any depth, by their path in it. */
export function filesOf(kind: string, ending: string): readonly string[] {
  return readdirSync(join(root, kind), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .sort();
}

/** The inputs of a kind: recipes and sessions at the terminal. */
export function inputsOf(kind: string): readonly string[] {
  return [...filesOf(kind, ".recipe"), ...filesOf(kind, ".session")];
}
