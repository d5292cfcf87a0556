import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import type { Facts, Want } from "../program/facts.ts";
import type { RecipePlan } from "../program/stage-plan.ts";
import { check } from "./check/index.ts";
import type { TypedProgram } from "./check/program.ts";
import { type Elaborated, elaborate } from "./elaborate/elaborate.ts";
import { traceStages } from "./elaborate/trace.ts";

/** What is known of a recipe before anything is scheduled. */
export interface CheckedProgram {
  readonly diagnostics: readonly Diagnostic[];
  /** What is to be fetched before checking again; nothing is evaluated until nothing is wanted. */
  readonly wanted: readonly Want[];
  /** With the types of the recipe's own files. */
  readonly typed: TypedProgram;
  /** Undefined where the recipe is wrong, or not all is known yet. */
  readonly elaborated: Elaborated | undefined;
  readonly plan: RecipePlan | undefined;
}

/**
 * Names, types, evaluation and what the graph can prove, without any scheduling. `inputs` are texts as
 * `--set NAME=VALUE` gives them.
 */
export function checkProgram(
  entry: string,
  facts: Facts,
  inputs: Readonly<Record<string, string>> = {},
): CheckedProgram {
  const known = memory;
  if (known !== undefined && known.entry === entry && sameInputs(known.inputs, inputs)) {
    if (sameFacts(known.facts, facts)) return known.result;
  }
  const result = checkAnew(entry, facts, inputs);
  memory = { entry, facts, inputs, result };
  return result;
}

/** The last answer: commands and editors ask again about what they have just asked. */
let memory:
  | {
      readonly entry: string;
      readonly facts: Facts;
      readonly inputs: Readonly<Record<string, string>>;
      readonly result: CheckedProgram;
    }
  | undefined;

function sameFacts(left: Facts, right: Facts): boolean {
  if (left.size !== right.size) return false;
  for (const [key, fact] of left) if (right.get(key) !== fact) return false;
  return true;
}

function sameInputs(
  left: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length && names.every((name) => left[name] === right[name])
  );
}

function checkAnew(
  entry: string,
  facts: Facts,
  inputs: Readonly<Record<string, string>>,
): CheckedProgram {
  const chosen = new Map(Object.entries(inputs).map(([name, text]) => [name, plainInput(text)]));
  const { program: typed, diagnostics, wanted } = check(entry, facts, { inputs: chosen });
  const unknown = { diagnostics, wanted, typed, elaborated: undefined, plan: undefined };
  if (wanted.length > 0 || diagnostics.some(isError)) return unknown;
  const elaborated = elaborate(typed, { facts, inputs });
  const evaluated = [...diagnostics, ...elaborated.diagnostics];
  if (evaluated.some(isError)) return { ...unknown, diagnostics: evaluated };
  const all = [...evaluated, ...traceStages(elaborated)];
  if (all.some(isError)) return { ...unknown, diagnostics: all };
  return { diagnostics: all, wanted, typed, elaborated, plan: elaborated.plan };
}

/** The value of an input as far as a branch of the recipe can depend on it. */
function plainInput(text: string): string | number | boolean {
  const written = text.trim();
  if (written === "true" || written === "false") return written === "true";
  if (written !== "" && Number.isFinite(Number(written))) return Number(written);
  return /^"[^"]*"$/.test(written) ? written.slice(1, -1) : written;
}

function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === "error";
}
