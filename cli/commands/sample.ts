import { samplingFindings } from "../../compiler/elaborate/trace.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { invariant } from "../../program/invariant.ts";
import type { PlainValue } from "../../program/pipeline.ts";
import type { TrainPlan } from "../../program/stage-plan.ts";
import { chooseDevice } from "../../runtime/device/choose.ts";
import type { Device } from "../../runtime/device/device.ts";
import { fetchFacts } from "../../runtime/host/fetch-facts.ts";
import { nodeHost } from "../../runtime/host/node.ts";
import { type Outcome, outcome, Refusal } from "../../runtime/refusal.ts";
import { openRun, type Run } from "../../runtime/runs/open.ts";
import { type Generated, openGenerator } from "../../runtime/stages/generate.ts";
import { type CheckedRecipe, checkWith } from "../check-recipe.ts";
import { compilerFor } from "../compiler.ts";
import { type ExitCode, exit } from "../exit.ts";
import type { FetchFacts } from "../facts.ts";
import { inputsAsWritten } from "../inputs.ts";
import { onInterrupt } from "../interrupt.ts";
import { readRecipe } from "../recipe-source.ts";
import { refusal } from "../report.ts";
import { sourcesOf } from "../sources.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface SampleOptions {
  readonly prompt?: string;
  readonly tokens: number;
  readonly temperature: number;
  readonly greedy?: boolean;
  readonly seed: number;
  readonly target?: "cpu" | "webgpu";
  readonly json?: boolean;
}

/** The decoder that every training stage has, with the sampler of the prelude. */
const decoder = "sample";

/** Lets a trained model write: compiled from the sources in its own folder. */
export async function sample(
  folder: string,
  options: SampleOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const opened = await openRun(folder);
  if (!opened.ok) {
    return refusal(opened.diagnostics, sourcesOf(new Map()), options, terminal) ?? exit.machine;
  }
  const run = opened.value;
  const recipe = await checkStored(run);
  const found = [...recipe.diagnostics, ...whyNot(recipe, run.manifest.stage)];
  const refused = refusal(found, recipe.sources, options, terminal);
  if (refused !== undefined) return refused;
  const chosen = await chooseDevice(options.target);
  if (!chosen.ok) {
    return refusal(chosen.diagnostics, recipe.sources, options, terminal) ?? exit.machine;
  }
  const { device } = chosen.value;
  const controller = new AbortController();
  const restore = onInterrupt(controller, () => {});
  try {
    const written = await write(run, recipe, folder, device, options, controller.signal);
    if (!written.ok) {
      return refusal(written.diagnostics, recipe.sources, options, terminal) ?? exit.machine;
    }
    const { text, tokens, stoppedBy } = written.value;
    if (options.json === true) {
      terminal.result(JSON.stringify({ text, tokens, stopped_by: stoppedBy }));
    } else {
      process.stdout.write("\n");
    }
    return stoppedBy === "signal" ? exit.interrupted : exit.done;
  } finally {
    restore();
    await device.close();
  }
}

/** Why the stage's model cannot be sampled; where the recipe samples it, check has said so. */
function whyNot(recipe: CheckedRecipe, address: string): readonly Diagnostic[] {
  const elaborated = recipe.checked?.elaborated;
  const stage = elaborated?.stages.find(({ plan }) => plan.address === address);
  if (elaborated === undefined || stage?.kind !== "train") return [];
  return samplingFindings(elaborated, stage);
}

/**
 * The recipe as it lies in the run's folder. Its data were there when it was trained, and sampling
 * reads none of them, so that nothing is asked about files of data.
 */
async function checkStored(run: Run): Promise<CheckedRecipe> {
  const host = nodeHost(run.library);
  const fetch: FetchFacts = async (wants) => {
    const facts = new Map(
      await fetchFacts(
        wants.filter(({ kind }) => kind !== "file"),
        host,
      ),
    );
    for (const want of wants) {
      if (want.kind !== "file") continue;
      facts.set(`file:${want.path}`, { kind: "file", bytes: 1, digest: "", invalid: undefined });
    }
    return facts;
  };
  const source = await readRecipe(run.recipe);
  const stored: Readonly<Record<string, PlainValue>> = run.manifest.recipe.inputs;
  const inputs = source.ok ? inputsAsWritten(source.text, stored) : {};
  return checkWith(source, inputs, new Map(), host, fetch);
}

function write(
  run: Run,
  recipe: CheckedRecipe,
  folder: string,
  device: Device,
  options: SampleOptions,
  signal: AbortSignal,
): Promise<Outcome<Generated>> {
  return outcome(async () => {
    const elaborated = recipe.checked?.elaborated;
    invariant(elaborated !== undefined, "a recipe without errors was evaluated");
    const { stage } = run.manifest;
    const plan = elaborated.plan.stages.find(
      (other): other is TrainPlan => other.kind === "train" && other.address === stage,
    );
    invariant(plan !== undefined, `the run's own recipe has a stage ${stage}`);
    const store = device.openStore();
    const loaded = await run.load(plan.model, store);
    if (!loaded.ok) return Promise.reject(new Refusal(loaded.diagnostics));
    const prompt = options.prompt ?? "\n";
    const generator = await openGenerator({
      device,
      compiler: compilerFor(elaborated, device),
      stage,
      function: decoder,
      store,
      tokenizer: run.tokenizer,
      maximum: run.tokenizer.encode(prompt).length + options.tokens,
    });
    const told = options.json !== true;
    if (told && options.prompt !== undefined) process.stdout.write(prompt);
    const generated = await generator.generate({
      prompt,
      maxTokens: options.tokens,
      temperature: options.greedy === true ? 0 : options.temperature,
      seed: options.seed,
      place: { file: folder },
      signal,
      ...(told ? { onText: (text) => void process.stdout.write(text) } : {}),
    });
    await generator.close();
    return generated;
  });
}
