import type { DiagnosticKind } from "../define.ts";
import * as budget from "./budget.ts";
import * as devices from "./devices.ts";
import * as dimensions from "./dimensions.ts";
import * as files from "./files.ts";
import * as models from "./models.ts";
import * as names from "./names.ts";
import * as recipeFile from "./recipe-file.ts";
import * as run from "./run.ts";
import * as settings from "./settings.ts";
import * as stages from "./stages.ts";
import * as syntax from "./syntax.ts";
import * as types from "./types.ts";

/** What a reader can be told of a kind of diagnostic without the facts of a case. */
export type CatalogueEntry = Pick<DiagnosticKind<never>, "code" | "severity" | "title" | "explain">;

const areas = [
  budget,
  devices,
  dimensions,
  files,
  models,
  names,
  recipeFile,
  run,
  settings,
  stages,
  syntax,
  types,
];

/** Every kind of diagnostic, by code. */
export const catalogue: readonly CatalogueEntry[] = areas
  .flatMap((area) => Object.values<CatalogueEntry>(area))
  .sort((a, b) => (a.code < b.code ? -1 : 1));
