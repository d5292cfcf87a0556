import type { Compiler } from "../../program/compile-request.ts";
import type { Host } from "../../program/host.ts";
import type { RecipePlan, StagePlan } from "../../program/stage-plan.ts";
import type { DataContext } from "../data/context.ts";
import type { Device, Values } from "../device/device.ts";
import type { Disk } from "../host/disk.ts";
import type { RunEvent } from "./events.ts";

/** The inputs of the first step that left the numbers, for whoever can look inside it. */
export interface NotFiniteStep {
  readonly stage: string;
  /** Counted from 0, as the schedule's variable. */
  readonly step: number;
  readonly states: ReadonlyMap<string, Values>;
  readonly data: Readonly<Record<string, Values>>;
  readonly variables: Readonly<Record<string, number>>;
}

export interface RunOptions {
  readonly device: Device;
  readonly host: Host;
  readonly compiler: Compiler;
  /** Path of the recipe's file. */
  readonly recipe: string;
  readonly runsFolder: string;
  /** Levain's own version. */
  readonly version: string;
  /** Address of the one stage to run. */
  readonly only?: string;
  /** Ends the run after the step in progress, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Goes on with a run that was begun where other facts decide the bits. */
  readonly anyMachine?: boolean;
  readonly disk?: Disk;
  /** Milliseconds, for throughput. */
  readonly clock?: () => number;
  /** Names the operation that first produced a value that is not finite, where it can. */
  readonly diagnoseNonFinite?: (step: NotFiniteStep) => Promise<string | undefined>;
}

/** What the stages of one run share. */
export interface RunContext {
  readonly plan: RecipePlan;
  readonly options: RunOptions;
  readonly disk: Disk;
  readonly data: DataContext;
  readonly clock: () => number;
  keyOf(address: string): string;
  folderOf(address: string): string;
}

/** A row of the table of stage kinds. */
export interface StageKind<Plan extends StagePlan> {
  /** Refuses, before any stage runs, what could fail at the end of this one. */
  prepare(plan: Plan, context: RunContext): Promise<void>;
  /** Where the result is, for the reader. */
  resultFolder(plan: Plan, context: RunContext): string;
  /** Whether the result is there already. */
  cached(plan: Plan, context: RunContext): Promise<boolean>;
  /** Gives true where the stage came to its end, false where it was interrupted. */
  run(plan: Plan, context: RunContext): AsyncGenerator<RunEvent, boolean, undefined>;
}
