import { writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { format } from "../../grammar/index.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { diagnosticJson, type JsonDiagnostic } from "../diagnostic-json.ts";
import { type ExitCode, exit } from "../exit.ts";
import { type RecipeSource, readRecipe, recipeText } from "../recipe-source.ts";
import { shortPath } from "../short-path.ts";
import { renderDiagnostic, type Sources } from "../terminal/diagnostics.ts";
import { unifiedDiff } from "../terminal/line-diff.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface FmtOptions {
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly json?: boolean;
}

interface Formatted {
  readonly file: string;
  readonly before: string;
  /** Undefined where the recipe cannot be read, so that nothing is changed. */
  readonly after: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly code: ExitCode;
}

/** Prints recipes in their one style: in place, or from stdin to stdout for `-`. */
export async function fmt(
  files: readonly string[],
  options: FmtOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (files.includes("-") && files.length > 1) {
    terminal.say(`${terminal.colours.red("error")}: - stands alone: stdin is one recipe`);
    return exit.usage;
  }
  const results: Formatted[] = [];
  for (const file of files) {
    const source =
      file === "-" ? recipeText("<stdin>", await buffer(process.stdin)) : await readRecipe(file);
    results.push(formatted(source));
  }
  const readOnly = options.check === true || options.diff === true;
  const json: { file: string; changed: boolean; diagnostics: readonly JsonDiagnostic[] }[] = [];
  for (const result of results) {
    const { file, before, after, diagnostics } = result;
    const sources: Sources = (path) => (path === file ? before : undefined);
    const changed = after !== undefined && after !== before;
    json.push({
      file: shortPath(file),
      changed,
      diagnostics: diagnostics.map((diagnostic) => diagnosticJson(diagnostic, sources)),
    });
    if (options.json !== true) {
      for (const diagnostic of diagnostics) {
        terminal.say(renderDiagnostic(diagnostic, sources, terminal.colours));
      }
    }
    if (after === undefined) continue;
    if (options.diff === true) {
      for (const line of unifiedDiff(shortPath(file), before, after)) terminal.result(line);
    } else if (file === "<stdin>") {
      if (!readOnly) process.stdout.write(after);
    } else if (changed && !readOnly) {
      await writeFile(file, after);
    }
    if (changed && options.json !== true && file !== "<stdin>" && options.diff !== true) {
      terminal.say(`${readOnly ? "would format" : "formatted"} ${shortPath(file)}`);
    }
  }
  if (options.json === true) terminal.result(JSON.stringify({ files: json }));
  const failed = results.find((result) => result.code !== exit.done);
  if (failed !== undefined) return failed.code;
  const differs = json.some((entry) => entry.changed);
  return readOnly && differs ? exit.wrongRecipe : exit.done;
}

function formatted(source: RecipeSource): Formatted {
  if (!source.ok) {
    const { path: file, diagnostic } = source;
    const code = exit.machine;
    return { file, before: "", after: undefined, diagnostics: [diagnostic], code };
  }
  const { path: file, text: before } = source;
  const { text, diagnostics } = format(before, file);
  const refused = diagnostics.some(({ severity }) => severity === "error");
  const code = refused ? exit.wrongRecipe : exit.done;
  return { file, before, after: refused ? undefined : text, diagnostics, code };
}
