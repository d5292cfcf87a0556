import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { type CheckedRecipe, checkRecipe, checkSource, type Inputs } from "../check-recipe.ts";
import { choices } from "../choices.ts";
import { diagnosticJson } from "../diagnostic-json.ts";
import { type ExitCode, exit } from "../exit.ts";
import { countText, exitOf, sayDiagnostics } from "../report.ts";
import { shortPath } from "../short-path.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface CheckOptions {
  readonly all?: boolean;
  readonly set?: Inputs;
  readonly json?: boolean;
}

/** Finds what is wrong with recipes without computing anything. */
export async function check(
  files: readonly string[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { colours } = terminal;
  const found: Diagnostic[] = [];
  const json: object[] = [];
  for (const file of files) {
    const first = await checkRecipe(file, options.set);
    const tried = options.all === true ? await everyChoice(first, options.set ?? {}) : [];
    const diagnostics = withoutRepeats([first, ...tried].flatMap((result) => result.diagnostics));
    found.push(...diagnostics);
    if (options.json === true) {
      json.push(...diagnostics.map((diagnostic) => diagnosticJson(diagnostic, first.sources)));
    } else {
      sayDiagnostics(diagnostics, first.sources, terminal);
      if (diagnostics.length === 0) {
        const ways = tried.length === 0 ? "" : ` in ${tried.length + 1} ways`;
        terminal.say(`${colours.green("ok")} ${shortPath(first.path)}${ways}`);
      }
    }
  }
  const code = exitOf(found);
  if (options.json === true) terminal.result(JSON.stringify({ diagnostics: json }));
  else if (found.length > 0) {
    const hint = code === exit.done ? "" : explainHint(found);
    terminal.say(`${countText(found)}${hint}`);
  }
  return code;
}

function explainHint(diagnostics: readonly Diagnostic[]): string {
  const first = diagnostics.find(({ severity }) => severity === "error");
  return first === undefined ? "" : `; \`levain explain ${first.code}\` says more about the first`;
}

/** The recipe once for each literal that an input may be, the other inputs as they are. */
async function everyChoice(first: CheckedRecipe, set: Inputs): Promise<readonly CheckedRecipe[]> {
  if (first.checked === undefined) return [];
  const results: CheckedRecipe[] = [];
  for (const { name, literals } of choices(first.checked.typed)) {
    if (Object.hasOwn(set, name)) continue;
    for (const literal of literals) {
      const source = { ok: true, path: first.path, text: first.sources(first.path) ?? "" } as const;
      results.push(await checkSource(source, { ...set, [name]: literal }, first.facts));
    }
  }
  return results;
}

function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, place, message }) => {
    const key = JSON.stringify([code, place, message]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
