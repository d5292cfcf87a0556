import type { Compile } from "../../program/compile-request.ts";
import type { Executable, Port } from "../../program/executable.ts";
import type { TrainPlan } from "../../program/stage-plan.ts";

/** Memory that a stage holds in one of its phases. */
export interface PhaseBudget {
  readonly name: "training" | "measuring" | "sampling";
  readonly bytes: number;
  /** The largest single buffer that the device has to make. */
  readonly largest: number;
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
export function stageBudget(plan: TrainPlan, compile: Compile): StageBudget {
  const { address: stage, microBatchRows: rows, rowTokens: time } = plan;
  const microBatches = plan.batchRows / rows;
  const train = compile({ kind: "train", stage, rows, time, microBatches });
  const metrics = plan.every.flatMap((every) => every.metrics);
  const measures = metrics.map(({ function: name }) =>
    compile({ kind: "measure", stage, function: name, rows, time }),
  );
  const samples = plan.every.flatMap((every) => every.samples);
  // A token stands for a byte at least.
  const longest = Math.max(
    0,
    ...samples.map(({ prompt, maxTokens }) => utf8Length(prompt) + maxTokens),
  );
  const capacity = capacityStep * Math.ceil((longest + promptChunk) / capacityStep);
  const decoders = [...new Set(samples.map((sample) => sample.function))].flatMap((name) =>
    [promptChunk, 1].map((chunk) =>
      compile({ kind: "decode", stage, function: name, rows: 1, chunk, capacity }),
    ),
  );
  const phases: PhaseBudget[] = [phase("training", [train])];
  if (measures.length > 0) phases.push(phase("measuring", [train, ...measures]));
  if (decoders.length > 0) phases.push(phase("sampling", [train, ...measures, ...decoders]));
  const peak = phases.reduce((most, next) => (next.bytes > most.bytes ? next : most));
  return { stepFlops: train.flops, phases, peak };
}

/** State is shared by name; everything else is each program's own. */
function phase(name: PhaseBudget["name"], executables: readonly Executable[]): PhaseBudget {
  const state = new Map<string, number>();
  let own = 0;
  let largest = 0;
  for (const executable of executables) {
    for (const port of executable.state) state.set(port.name, bytesOf(port));
    own += executable.temporaryBytes;
    const ports = [...executable.data, ...executable.state, ...executable.outputs].map(bytesOf);
    const buffers =
      executable.target === "webgpu" ? executable.buffers.map((buffer) => buffer.bytes) : [];
    for (const bytes of [...ports, ...buffers]) largest = Math.max(largest, bytes);
  }
  const shared = [...state.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { name, bytes: own + shared, largest };
}

function bytesOf({ shape }: Port): number {
  return 4 * shape.reduce((product, size) => product * size, 1);
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
