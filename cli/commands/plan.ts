import { evaluateScalar } from "../../program/scalar-expression.ts";
import { checkRecipe, type Inputs } from "../check-recipe.ts";
import { type ExitCode, exit } from "../exit.ts";
import { inputTexts } from "../inputs.ts";
import { type PlannedStage, planRecipe } from "../plan-recipe.ts";
import { diagnosticsLine, exitOf, refusal, sayDiagnostics } from "../report.ts";
import { shortPath } from "../short-path.ts";
import { amount, bytes, compact } from "../terminal/amount.ts";
import { drawCurve } from "../terminal/curve.ts";
import { table } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface PlanOptions {
  readonly target?: "cpu" | "webgpu";
  readonly set?: Inputs;
  readonly only?: string;
  readonly runs: string;
  readonly json?: boolean;
}

/** Shows what a run would do, and draws the learning rate. Computes nothing, writes nothing. */
export async function plan(
  file: string,
  options: PlanOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const recipe = await checkRecipe(file, options.set);
  const refused = refusal(recipe.diagnostics, recipe.sources, options, terminal);
  if (refused !== undefined) return refused;
  const planned = await planRecipe(recipe, options);
  if (!planned.ok) {
    const { diagnostics } = planned;
    return refusal(diagnostics, recipe.sources, options, terminal) ?? exit.machine;
  }
  const { stages, diagnostics, target } = planned.value;
  const code = exitOf(diagnostics);
  if (options.json === true) {
    if (code === exit.done) terminal.result(JSON.stringify({ stages: stages.map(stageJson) }));
    else terminal.result(diagnosticsLine(diagnostics, recipe.sources));
    return code;
  }
  const { resultColours: colours } = terminal;
  terminal.result(`${colours.bold(shortPath(recipe.path))} on ${target}`);
  for (const [name, text] of inputTexts(recipe, options.set ?? {})) {
    terminal.result(`  input ${name} = ${text}`);
  }
  terminal.result("");
  if (stages.length === 0) terminal.result("The recipe has no stages: there is nothing to run.");
  else for (const line of stageTable(stages)) terminal.result(line);
  for (const stage of stages) {
    for (const line of learningRate(stage, terminal.columns)) terminal.result(line);
  }
  sayDiagnostics(diagnostics, recipe.sources, terminal);
  return code;
}

function stageJson(stage: PlannedStage): object {
  return {
    name: stage.name,
    key: stage.key,
    cached: stage.cached,
    parameters: stage.parameters,
    trainable: stage.trainable,
    flops: stage.flops,
    tokens: stage.tokens,
    steps: stage.steps,
    peak_bytes: stage.peak?.bytes ?? 0,
  };
}

function stageTable(stages: readonly PlannedStage[]): readonly string[] {
  const columns = [
    { title: "stage", align: "left" },
    { title: "kind", align: "left" },
    { title: "state", align: "left" },
    { title: "parameters", align: "right" },
    { title: "trainable", align: "right" },
    { title: "steps", align: "right" },
    { title: "tokens", align: "right" },
    { title: "FLOPs", align: "right" },
    { title: "peak memory", align: "right" },
    { title: "key", align: "left" },
  ] as const;
  const count = (value: number) => (value === 0 ? "" : amount(value));
  const rows = stages.map((stage) => [
    stage.name,
    stage.kind,
    stage.cached ? "done" : stage.step > 0 ? `at step ${stage.step}` : "to run",
    count(stage.parameters),
    count(stage.trainable),
    count(stage.steps),
    count(stage.tokens),
    count(stage.flops),
    stage.peak === undefined ? "" : `${stage.exact ? "" : "≤ "}${bytes(stage.peak.bytes)}`,
    stage.key.slice(0, 8),
  ]);
  return table(columns, rows);
}

/** The curve of the learning rate over the stage's steps, and where its peak memory is. */
function learningRate(stage: PlannedStage, columns: number): readonly string[] {
  const { schedule } = stage;
  if (schedule === undefined || stage.steps === 0) return [];
  const places = Math.min(stage.steps, 400);
  const values = Array.from({ length: places }, (_, index) => {
    const step = places === 1 ? 0 : Math.round((index * (stage.steps - 1)) / (places - 1));
    return evaluateScalar(schedule.expression, { ...schedule.variables, step });
  });
  const highest = Math.max(...values);
  const at = values.indexOf(highest);
  const step = places === 1 ? 1 : Math.round((at * (stage.steps - 1)) / (places - 1)) + 1;
  return [
    "",
    `${stage.name}: learning rate, at most ${compact(highest)} at step ${step}`,
    ...drawCurve({ values, from: "1", to: String(stage.steps) }, Math.min(72, columns - 16)),
  ];
}
