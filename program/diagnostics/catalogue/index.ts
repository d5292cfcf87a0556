import type { DiagnosticKind } from "../define.ts";
import * as budget from "./budget.ts";
import * as files from "./files.ts";
import * as names from "./names.ts";
import * as recipeFile from "./recipe-file.ts";
import * as run from "./run.ts";
import * as syntax from "./syntax.ts";

/** What a reader can be told of a kind of diagnostic without the facts of a case. */
export type CatalogueEntry = Pick<
  DiagnosticKind<never>,
  "code" | "severity" | "title" | "explain"
>;

/** Every kind of diagnostic, by code. */
export const catalogue: readonly CatalogueEntry[] = [recipeFile, syntax, names, budget, run, files]
  .flatMap((file) => Object.values<CatalogueEntry>(file))
  .sort((a, b) => (a.code < b.code ? -1 : 1));
