import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { resolveModules } from "../../compiler/check/modules.ts";
import type { Program } from "../../compiler/check/program.ts";
import {
  type Elaborated,
  type ElaborateOptions,
  elaborate,
} from "../../compiler/elaborate/elaborate.ts";
import { type TrainStage, trainStages } from "../../compiler/elaborate/stage.ts";
import { type CheckedProgram, checkProgram } from "../../compiler/index.ts";
import { type Fact, type Want, wantKey } from "../../program/facts.ts";

const library = fileURLToPath(new URL("../../recipes/std/", import.meta.url));

/** What the world is like for a recipe that is only a text: the library, and data that is there. */
function factOf(want: Want): Fact {
  switch (want.kind) {
    case "library": {
      const path = `${library}${want.name}.recipe`;
      if (!existsSync(path)) return { kind: "missing" };
      return { kind: "library", text: readFileSync(path, "utf8") };
    }
    case "file":
      return { kind: "file", bytes: 1000, digest: `digest of ${want.path}`, invalid: undefined };
    case "source":
      return { kind: "missing" };
  }
}

const known = new Map<string, Fact>();

function factsFor(text: string, path: string): Map<string, Fact> {
  return new Map([...known, [wantKey({ kind: "source", path }), { kind: "source", text }]]);
}

function fetched(facts: Map<string, Fact>, wanted: readonly Want[]): void {
  for (const want of wanted) {
    const fact = factOf(want);
    facts.set(wantKey(want), fact);
    if (want.kind === "library") known.set(wantKey(want), fact);
  }
}

export function programOf(text: string, path = "test.recipe"): Program {
  const facts = factsFor(text, path);
  for (;;) {
    const { program, wanted } = resolveModules(path, facts);
    if (wanted.length === 0) return program;
    fetched(facts, wanted);
  }
}

/** Evaluates a recipe without checking its types. */
export function elaborated(text: string, options: ElaborateOptions = {}): Elaborated {
  return elaborate(programOf(text), options);
}

/** Checks a recipe as commands do. */
export function checked(
  text: string,
  inputs: Readonly<Record<string, string>> = {},
  path = "test.recipe",
): CheckedProgram {
  const facts = factsFor(text, path);
  for (;;) {
    const result = checkProgram(path, new Map(facts), inputs);
    if (result.wanted.length === 0) return result;
    fetched(facts, result.wanted);
  }
}

export function onlyStage(recipe: Elaborated): TrainStage {
  const [stage] = trainStages(recipe.stages);
  if (stage === undefined) {
    throw new Error(`no stage: ${recipe.diagnostics.map((one) => one.message).join("; ")}`);
  }
  return stage;
}

export function recipeText(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../recipes/${name}`, import.meta.url)), "utf8");
}
