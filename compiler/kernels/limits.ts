import type { Kernel, KernelProgram, MemoryPlan, ProgramItem, Storage } from "./program.ts";
import { storagesOf } from "./sequence.ts";
import { usedOperands } from "./used.ts";

/** What an adapter cannot do for a program: a tensor too large, a kernel with too many of them. */
export interface LimitProblem {
  readonly kind: "binding" | "bindings";
  /** As messages should name it: `state embed`, `kernel sum`. */
  readonly name: string;
  /** Bytes of the tensor, or bindings of the kernel. */
  readonly needed: number;
  readonly limit: number;
}

/** What keeps the program from running on an adapter of its profile; empty where nothing does. */
export function limitProblems(program: KernelProgram): readonly LimitProblem[] {
  const { storages, items, memory } = program;
  const { limits } = program.profile;
  const bytes = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  const count = limits.maxStorageBuffersPerShaderStage;
  const tensors = storages.flatMap((storage): readonly LimitProblem[] => {
    const needed = 4 * storage.words;
    if (needed <= bytes) return [];
    return [{ kind: "binding", name: `${storage.kind} ${storage.name}`, needed, limit: bytes }];
  });
  const kernels = kernelsOf(items).flatMap((kernel): readonly LimitProblem[] => {
    const needed = bindingsOf(kernel, storages, memory);
    if (needed <= count) return [];
    return [{ kind: "bindings", name: `kernel ${kernel.label}`, needed, limit: count }];
  });
  return [...tensors, ...kernels];
}

/** Bindings that each kernel cannot do without, however its temporaries are packed. */
export function bindingCounts(
  items: readonly ProgramItem[],
  storages: readonly Storage[],
  memory: MemoryPlan,
): readonly number[] {
  return kernelsOf(items).map((kernel) => bindingsOf(kernel, storages, memory));
}

function kernelsOf(items: readonly ProgramItem[]): readonly Kernel[] {
  return items.flatMap((item) => {
    if (item.kind === "loop") return kernelsOf(item.body);
    return item.kind === "kernel" ? [item.kernel] : [];
  });
}

function bindingsOf(kernel: Kernel, storages: readonly Storage[], memory: MemoryPlan): number {
  const buffers = new Set<string>();
  for (const operand of usedOperands(kernel)) {
    const place = kernel.operands[operand]?.place;
    for (const storage of place === undefined ? [] : storagesOf(place)) {
      const window = memory.places.get(storage)?.window;
      const temporary = storages[storage]?.kind === "temporary";
      buffers.add(temporary ? `window ${window}` : String(storage));
    }
  }
  return buffers.size;
}
