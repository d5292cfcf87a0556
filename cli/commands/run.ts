import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { invariant } from "../../program/invariant.ts";
import { chooseDevice } from "../../runtime/device/choose.ts";
import { stageStatus } from "../../runtime/runs/status.ts";
import type { RunEvent } from "../../runtime/stages/events.ts";
import { runStages } from "../../runtime/stages/run.ts";
import { budgetsOf } from "../budgets.ts";
import { checkRecipe, type Inputs } from "../check-recipe.ts";
import { compilerFor } from "../compiler.ts";
import { diagnosticJson } from "../diagnostic-json.ts";
import { type ExitCode, exit } from "../exit.ts";
import { onInterrupt } from "../interrupt.ts";
import { nameNonFinite } from "../non-finite.ts";
import { exitOf, refusal, sayDiagnostics } from "../report.ts";
import type { Sources } from "../terminal/diagnostics.ts";
import { openProgress, type Progress } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { version } from "../version.ts";

export interface RunOptions {
  readonly target?: "cpu" | "webgpu";
  readonly set?: Inputs;
  readonly only?: string;
  readonly runs: string;
  readonly allowOtherMachine?: boolean;
  readonly json?: boolean;
}

/** Runs the stages of a recipe; what is done already is left alone. */
export async function run(
  file: string,
  options: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const recipe = await checkRecipe(file, options.set);
  const refused = refusal(recipe.diagnostics, recipe.sources, options, terminal);
  if (refused !== undefined) return refused;
  const { checked, host, path } = recipe;
  const elaborated = checked?.elaborated;
  invariant(elaborated !== undefined, "a recipe without errors was evaluated");

  const chosen = await chooseDevice(options.target);
  if (!chosen.ok)
    return refusal(chosen.diagnostics, recipe.sources, options, terminal) ?? exit.machine;
  const { device, why } = chosen.value;
  const controller = new AbortController();
  const progress =
    options.json === true
      ? undefined
      : await openProgress(terminal, () => performance.now() / 1000);
  progress?.note(`${terminal.colours.dim(`on ${device.description}: ${why}`)}`);
  const restore = onInterrupt(controller, (line) =>
    (progress ?? { note: terminal.say }).note(line),
  );
  let code: ExitCode = exit.done;
  try {
    const { plan } = elaborated;
    const compiler = compilerFor(elaborated, device);
    const statuses = await stageStatus(plan, { host, recipe: path, runsFolder: options.runs });
    if (!statuses.ok) {
      return refusal(statuses.diagnostics, recipe.sources, options, terminal) ?? exit.machine;
    }
    const waiting = new Set(
      statuses.value.filter(({ cached }) => !cached).map(({ stage }) => stage),
    );
    const runs = (address: string) =>
      waiting.has(address) && (options.only === undefined || address === options.only);
    const { diagnostics } = budgetsOf(plan, compiler, device, runs);
    const tooMuch = refusal(diagnostics, recipe.sources, options, terminal);
    if (tooMuch !== undefined) return tooMuch;
    if (plan.stages.length === 0)
      progress?.note("the recipe has no stages: there is nothing to run");
    const events = runStages(plan, {
      device,
      host,
      compiler,
      recipe: path,
      runsFolder: options.runs,
      version,
      signal: controller.signal,
      anyMachine: options.allowOtherMachine === true,
      diagnoseNonFinite: (found) => nameNonFinite(elaborated, found, recipe.sources),
      ...(options.only === undefined ? {} : { only: options.only }),
    });
    for await (const event of events) {
      tell(event, progress, recipe.sources, terminal);
      if (event.event === "interrupted") code = exit.interrupted;
      if (event.event === "refused") code = codeOf(event.diagnostics);
    }
  } finally {
    progress?.close();
    restore();
    await device.close();
  }
  return code;
}

/** A run that is refused has failed, whatever the severity of what it says. */
function codeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const code = exitOf(diagnostics);
  return code === exit.done ? exit.machine : code;
}

function tell(
  event: RunEvent,
  progress: Progress | undefined,
  sources: Sources,
  terminal: Terminal,
): void {
  if (progress === undefined) {
    terminal.result(JSON.stringify(eventJson(event, sources)));
    return;
  }
  progress.show(event);
  if (event.event === "refused") sayDiagnostics(event.diagnostics, sources, terminal);
}

function eventJson(event: RunEvent, sources: Sources): object {
  if (event.event !== "refused") return event;
  return {
    event: event.event,
    diagnostics: event.diagnostics.map((diagnostic) => diagnosticJson(diagnostic, sources)),
  };
}
