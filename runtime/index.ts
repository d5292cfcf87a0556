/** What other programs may call: data, runs and text of trained models on the devices of this machine. */
export { type DataContext, openContext } from "./data/context.ts";
export { type Measured, measure } from "./data/measure.ts";
export type { Device, Loaded, Store, Values } from "./device/device.ts";
export { type Disk, nodeDisk } from "./host/disk.ts";
export { fetchFacts } from "./host/fetch-facts.ts";
export { nodeHost } from "./host/node.ts";
export type { Outcome } from "./refusal.ts";
export { openRun, type Run } from "./runs/open.ts";
export { type StageStatus, stageStatus } from "./runs/status.ts";
export type { NotFiniteStep, RunOptions } from "./stages/context.ts";
export type { RunEvent } from "./stages/events.ts";
export { type Generated, type Generator, openGenerator, type Prompt } from "./stages/generate.ts";
export { type StageProgress, scheduleVariables, stageProgress } from "./stages/progress.ts";
export { runStages } from "./stages/run.ts";
