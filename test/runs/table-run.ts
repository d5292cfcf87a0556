import { readFileSync } from "node:fs";
import { afterAll, beforeAll } from "vitest";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { invariant } from "../../program/invariant.ts";
import type { RecipePlan, TrainPlan } from "../../program/stage-plan.ts";
import type { Device } from "../../runtime/device/device.ts";
import { openOnnxDevice } from "../../runtime/device/onnx/open.ts";
import type { Disk } from "../../runtime/host/disk.ts";
import type { RunOptions } from "../../runtime/stages/context.ts";
import type { RunEvent } from "../../runtime/stages/events.ts";
import { runStages } from "../../runtime/stages/run.ts";
import { memoryHost } from "../data/memory.ts";
import { tableCompiler } from "./table-compiler.ts";
import { learningRate, tableRecipe, vocabulary } from "./table-recipe.ts";

/** Enough of the plays for a tokenizer, a batch, and something held out. */
export const plays = readFileSync("recipes/data/shakespeare.txt", "utf8").slice(0, 30_000);

export const runsFolder = "/runs";
export const exportFolder = "/out";

/** One device for a file of tests. */
export function openDevice(): () => Device {
  let device: Device | undefined;
  beforeAll(async () => {
    device = await openOnnxDevice({ threads: 1, processor: "test" });
  });
  afterAll(() => device?.close());
  return () => {
    invariant(device !== undefined, "the device is opened before the tests");
    return device;
  };
}

export interface TableRun {
  readonly device: Device;
  readonly disk: Disk;
  readonly change?: Partial<TrainPlan>;
  readonly recipe?: RecipePlan;
  readonly text?: string;
  readonly spoilt?: number;
  readonly options?: Partial<RunOptions>;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Runs the table's recipe and gives all events. */
export async function runTable(given: TableRun): Promise<readonly RunEvent[]> {
  const plan = given.recipe ?? tableRecipe("/plays.txt", exportFolder, given.change);
  const events: RunEvent[] = [];
  let time = 0;
  for await (const event of runStages(plan, {
    device: given.device,
    host: memoryHost({ "/plays.txt": given.text ?? plays }),
    compiler: tableCompiler(vocabulary, learningRate, given.spoilt),
    recipe: "/table.recipe",
    runsFolder,
    version: "0.1.0",
    disk: given.disk,
    clock: () => {
      time += 1;
      return time;
    },
    ...given.options,
  })) {
    events.push(event);
    given.onEvent?.(event);
  }
  return events;
}

export function lastStep(events: readonly RunEvent[]): number | undefined {
  return events.flatMap((event) => (event.event === "step" ? [event.step] : [])).at(-1);
}

/** What the run was refused with; none where it was not. */
export function refusals(events: readonly RunEvent[]): readonly Diagnostic[] {
  const last = events.at(-1);
  return last?.event === "refused" ? last.diagnostics : [];
}

/** A run that is stopped after a step, as by Ctrl-C. */
export async function stopAfter(step: number, given: TableRun): Promise<readonly RunEvent[]> {
  const controller = new AbortController();
  return runTable({
    ...given,
    options: { ...given.options, signal: controller.signal },
    onEvent: (event) => {
      if (event.event === "step" && event.step === step) controller.abort();
    },
  });
}
