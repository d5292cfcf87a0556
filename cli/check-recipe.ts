import { type CheckedProgram, checkProgram } from "../compiler/index.ts";
import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import { type Facts, wantKey } from "../program/facts.ts";
import type { Host } from "../program/host.ts";
import { nodeHost } from "../runtime/host/node.ts";
import { gather } from "./facts.ts";
import { type RecipeSource, readRecipe } from "./recipe-source.ts";
import { sourcesOf } from "./sources.ts";
import type { Sources } from "./terminal/diagnostics.ts";

export type Inputs = Readonly<Record<string, string>>;

/** What checking a recipe gives, whoever asks. */
export interface CheckedRecipe {
  /** Absolute. */
  readonly path: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined where the recipe could not be read at all. */
  readonly checked: CheckedProgram | undefined;
  readonly facts: Facts;
  /** Texts for showing diagnostics. */
  readonly sources: Sources;
  readonly host: Host;
}

/** Reads the recipe and checks it, with all that it needs to know of the world. */
export async function checkRecipe(given: string, inputs: Inputs = {}): Promise<CheckedRecipe> {
  return checkSource(await readRecipe(given), inputs);
}

export async function checkSource(
  source: RecipeSource,
  inputs: Inputs,
  known: Facts = new Map(),
): Promise<CheckedRecipe> {
  const host = nodeHost();
  const { path } = source;
  if (!source.ok) {
    const diagnostics = [source.diagnostic];
    const sources = sourcesOf(known);
    return { path, diagnostics, checked: undefined, facts: known, sources, host };
  }
  const entry = wantKey({ kind: "source", path });
  const start: Facts = known.has(entry)
    ? known
    : new Map([...known, [entry, { kind: "source", text: source.text }]]);
  const { result, facts } = await gather(host, start, (now) => checkProgram(path, now, inputs));
  const { diagnostics } = result;
  return { path, diagnostics, checked: result, facts, sources: sourcesOf(facts), host };
}
