import type { OrderedStep } from "../graph/step.ts";
import { bindingCounts } from "./limits.ts";
import { type LowerOptions, lower } from "./lower.ts";
import { planMemory } from "./memory-plan.ts";
import type { DeviceProfile } from "./profile.ts";
import type { KernelProgram, ProgramItem } from "./program.ts";
import { overwrittenTooEarly } from "./sequence.ts";

/**
 * The ordered step as kernels with schedules, in an order, with every temporary placed. State is
 * replaced in place where no later reader needs the old value.
 */
export function schedule(ordered: OrderedStep, profile: DeviceProfile): KernelProgram {
  let options: LowerOptions = { staged: new Set(), packed: false };
  let lowered = lower(ordered, profile, options);
  let memory = planMemory(lowered.storages, lowered.items, profile.limits);
  for (;;) {
    const { items, storages } = lowered;
    const unsafe = [...overwrittenTooEarly(items)].flatMap((id) => storages[id]?.name ?? []);
    const bindings = Math.max(0, ...bindingCounts(items, storages, memory));
    const packed = options.packed || bindings > profile.limits.maxStorageBuffersPerShaderStage;
    const { staged } = options;
    if (packed === options.packed && unsafe.every((name) => staged.has(name))) break;
    options = { staged: new Set([...staged, ...unsafe]), packed };
    lowered = lower(ordered, profile, options);
    memory = planMemory(lowered.storages, lowered.items, profile.limits);
  }
  return {
    ordered,
    profile,
    storages: lowered.storages,
    scalars: lowered.scalars,
    items: lowered.items,
    memory,
    kernelCount: { before: lowered.before, after: countKernels(lowered.items) },
  };
}

function countKernels(items: readonly ProgramItem[]): number {
  return items.reduce((count, item) => {
    if (item.kind === "loop") return count + item.count * countKernels(item.body);
    return count + 1;
  }, 0);
}
