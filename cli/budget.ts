import { type CompileOptions, compileRequest } from "../compiler/compile.ts";
import type { Elaborated } from "../compiler/elaborate/elaborate.ts";
import type { Executable, Port } from "../program/executable.ts";
import type { TrainPlan } from "../program/stage-plan.ts";

/** Memory that a stage holds in one of its phases. */
export interface PhaseBudget {
  readonly name: "training" | "measuring" | "sampling";
  readonly bytes: number;
}

export interface StageBudget {
  /** Of one optimizer step. */
  readonly stepFlops: number;
  readonly phases: readonly PhaseBudget[];
  readonly peak: PhaseBudget;
}

/** Positions of a prompt that a decoder reads at a time, and what its memory is a multiple of. */
const promptChunk = 32;
const capacityStep = 64;

/**
 * What a training stage needs, from its compiled programs alone. Programs stay loaded once they are
 * made, so that each phase adds to the ones before it. Exact on WebGPU, an upper bound on the CPU.
 */
export function stageBudget(
  elaborated: Elaborated,
  plan: TrainPlan,
  options: CompileOptions,
): StageBudget {
  const { address: stage, microBatchRows: rows, rowTokens: time } = plan;
  const compile = (request: Parameters<typeof compileRequest>[1]) =>
    compileRequest(elaborated, request, options);
  const microBatches = plan.batchRows / rows;
  const train = compile({ kind: "train", stage, rows, time, microBatches });
  const metrics = plan.every.flatMap((every) => every.metrics);
  const measures = metrics.map(({ function: name }) =>
    compile({ kind: "measure", stage, function: name, rows, time }),
  );
  const samples = plan.every.flatMap((every) => every.samples);
  const longest = Math.max(
    0,
    ...samples.map(({ prompt, maxTokens }) => Buffer.byteLength(prompt) + maxTokens),
  );
  const capacity = capacityStep * Math.ceil((longest + promptChunk) / capacityStep);
  const decoders = [...new Set(samples.map((sample) => sample.function))].flatMap((name) =>
    [promptChunk, 1].map((chunk) =>
      compile({ kind: "decode", stage, function: name, rows: 1, chunk, capacity }),
    ),
  );
  const phases: PhaseBudget[] = [{ name: "training", bytes: heldBy([train]) }];
  if (measures.length > 0) {
    phases.push({ name: "measuring", bytes: heldBy([train, ...measures]) });
  }
  if (decoders.length > 0) {
    phases.push({ name: "sampling", bytes: heldBy([train, ...measures, ...decoders]) });
  }
  const peak = phases.reduce((most, phase) => (phase.bytes > most.bytes ? phase : most));
  return { stepFlops: train.flops, phases, peak };
}

/** State is shared by name; everything else is each program's own. */
function heldBy(executables: readonly Executable[]): number {
  const state = new Map<string, number>();
  let own = 0;
  for (const executable of executables) {
    for (const port of executable.state) state.set(port.name, bytesOf(port));
    own += executable.temporaryBytes;
  }
  return own + [...state.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function bytesOf({ shape }: Port): number {
  return 4 * shape.reduce((product, size) => product * size, 1);
}
