import { totalmem } from "node:os";
import type { StageBudget } from "../compiler/budget/stage-budget.ts";
import { noMemory } from "../program/diagnostics/catalogue/budget.ts";
import { diagnose } from "../program/diagnostics/define.ts";
import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";
import type { TrainPlan } from "../program/stage-plan.ts";
import type { TargetDevice } from "./compiler.ts";
import { bytes } from "./terminal/amount.ts";

/** What a device can hold; undefined where nothing says. */
export interface MemoryLimits {
  /** Of all buffers together. */
  readonly total: number | undefined;
  /** Of one buffer. */
  readonly buffer: number | undefined;
}

/**
 * The memory of the machine for what computes on the processor. WebGPU does not tell how much memory
 * a card has, only how large one of its buffers may be.
 */
export function memoryLimits(device: TargetDevice): MemoryLimits {
  const constrained = process.constrainedMemory?.() ?? 0;
  const machine = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  if (device.target === "cpu") return { total: machine, buffer: undefined };
  const limit = (name: string) => {
    const value = device.facts[name];
    return typeof value === "number" ? value : Number.POSITIVE_INFINITY;
  };
  const buffer = Math.min(limit("buffer_bytes"), limit("storage_binding_bytes"));
  return {
    total: device.facts["software"] === true ? machine : undefined,
    buffer: Number.isFinite(buffer) ? buffer : undefined,
  };
}

/** Says in which phase a stage needs more than there is; nothing has been allocated yet. */
export function memoryProblems(
  plan: TrainPlan,
  budget: StageBudget,
  limits: MemoryLimits,
): readonly Diagnostic[] {
  for (const { name: phase, bytes: total, largest } of budget.phases) {
    if (limits.total !== undefined && total > limits.total) {
      const facts = { phase, needed: bytes(total), limit: bytes(limits.total) };
      return [diagnose(noMemory, plan.place, facts)];
    }
    if (limits.buffer !== undefined && largest > limits.buffer) {
      const facts = {
        phase,
        needed: `one buffer of ${bytes(largest)}`,
        limit: `${bytes(limits.buffer)} a buffer`,
      };
      return [diagnose(noMemory, plan.place, facts)];
    }
  }
  return [];
}
