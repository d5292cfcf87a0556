import { type CheckedProgram, checkProgram } from "../compiler/index.ts";
import { unknownInput } from "../program/diagnostics/catalogue/recipe-file.ts";
import { diagnose } from "../program/diagnostics/define.ts";
import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import { type Facts, wantKey } from "../program/facts.ts";
import type { Host } from "../program/host.ts";
import { fetchFacts } from "../runtime/host/fetch-facts.ts";
import { nodeHost } from "../runtime/host/node.ts";
import { type FetchFacts, gather } from "./facts.ts";
import { nearest } from "./nearest.ts";
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

/** Checks a text; `known` are facts of an earlier check that still hold. */
export async function checkSource(
  source: RecipeSource,
  inputs: Inputs,
  known: Facts = new Map(),
): Promise<CheckedRecipe> {
  const host = nodeHost();
  return checkWith(source, inputs, known, host, (wants) => fetchFacts(wants, host));
}

/** Checks a text against a world that `fetch` tells of. */
export async function checkWith(
  source: RecipeSource,
  inputs: Inputs,
  known: Facts,
  host: Host,
  fetch: FetchFacts,
): Promise<CheckedRecipe> {
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
  const { result, facts } = await gather(fetch, start, (now) => checkProgram(path, now, inputs));
  const diagnostics = [...unknownInputs(path, result, inputs), ...result.diagnostics];
  return { path, diagnostics, checked: result, facts, sources: sourcesOf(facts), host };
}

/** Names after `--set` that no input of the recipe has. */
function unknownInputs(
  path: string,
  checked: CheckedProgram,
  inputs: Inputs,
): readonly Diagnostic[] {
  const items = checked.typed.modules.get(path)?.tree.items ?? [];
  const known = items.flatMap((item) => (item.kind === "input" ? [item.name.text] : []));
  return Object.keys(inputs)
    .filter((name) => !known.includes(name))
    .map((name) =>
      diagnose(unknownInput, { file: path }, { name, known, near: nearest(name, known) }),
    );
}
