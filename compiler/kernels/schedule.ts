import type { OrderedStep } from "../graph/step.ts";
import { lower } from "./lower.ts";
import { planMemory } from "./memory-plan.ts";
import type { DeviceProfile } from "./profile.ts";
import type { KernelProgram, ProgramItem } from "./program.ts";
import { overwrittenTooEarly } from "./sequence.ts";

/**
 * The ordered step as kernels with schedules, in an order, with every temporary placed. State is
 * replaced in place where no later reader needs the old value.
 */
export function schedule(ordered: OrderedStep, profile: DeviceProfile): KernelProgram {
  let staged: ReadonlySet<string> = new Set();
  let lowered = lower(ordered, profile, staged);
  for (;;) {
    const unsafe = overwrittenTooEarly(lowered.items, lowered.storages);
    if ([...unsafe].every((name) => staged.has(name))) break;
    staged = new Set([...staged, ...unsafe]);
    lowered = lower(ordered, profile, staged);
  }
  return {
    ordered,
    profile,
    storages: lowered.storages,
    scalars: lowered.scalars,
    items: lowered.items,
    memory: planMemory(lowered.storages, lowered.items, profile.limits),
    kernelCount: { before: lowered.before, after: countKernels(lowered.items) },
  };
}

function countKernels(items: readonly ProgramItem[]): number {
  return items.reduce((count, item) => {
    if (item.kind === "loop") return count + item.count * countKernels(item.body);
    return count + 1;
  }, 0);
}
