import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import { diagnosticJson } from "./diagnostic-json.ts";
import { type ExitCode, exit } from "./exit.ts";
import { renderDiagnostic, type Sources } from "./terminal/diagnostics.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Areas that speak of the machine or of files: recipe files, memory, runs, devices, data files. */
const ofMachine = /^LV(00[01]\d|0808|09\d\d|10\d\d)$/;

/** Codes of these areas that the recipe can be changed to avoid. */
const ofRecipe = new Set([
  "LV0906",
  "LV0911",
  "LV0914",
  "LV0915",
  "LV0916",
  "LV1004",
  "LV1005",
  "LV1006",
  "LV1007",
  "LV1008",
]);

/** A name on the command line that the recipe does not have. */
const ofUsage = new Set(["LV0003", "LV0815", "LV0912"]);

/** 0 where nothing is wrong, 1 for the recipe, 2 for usage, 3 where only the machine is at fault. */
export function exitOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return exit.done;
  if (errors.some(({ code }) => ofUsage.has(code))) return exit.usage;
  const machine = errors.every(({ code }) => ofMachine.test(code) && !ofRecipe.has(code));
  return machine ? exit.machine : exit.wrongRecipe;
}

/** Shows diagnostics to people: on stderr, an empty line between two. */
export function sayDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
  terminal: Terminal,
): void {
  for (const diagnostic of diagnostics) {
    terminal.say(`${renderDiagnostic(diagnostic, sources, terminal.colours)}\n`);
  }
}

/** The one line of `--json` for what is wrong. */
export function diagnosticsLine(diagnostics: readonly Diagnostic[], sources: Sources): string {
  return JSON.stringify({
    diagnostics: diagnostics.map((diagnostic) => diagnosticJson(diagnostic, sources)),
  });
}

/** `2 errors, 1 warning`; empty where there is nothing to count. */
export function countText(diagnostics: readonly Diagnostic[]): string {
  return (["error", "warning", "information"] as const)
    .map((severity) => {
      const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
      const plural = count === 1 || severity === "information" ? "" : "s";
      return count === 0 ? "" : `${count} ${severity}${plural}`;
    })
    .filter((text) => text !== "")
    .join(", ");
}

/**
 * Reports what is wrong before a command goes on: everything as JSON or as text. Gives the exit code
 * where there are errors, undefined where the command may go on.
 */
export function refusal(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
  options: { readonly json?: boolean },
  terminal: Terminal,
): ExitCode | undefined {
  const code = exitOf(diagnostics);
  if (options.json !== true) sayDiagnostics(diagnostics, sources, terminal);
  if (code === exit.done) return undefined;
  if (options.json === true) terminal.result(diagnosticsLine(diagnostics, sources));
  else terminal.say(countText(diagnostics));
  return code;
}
