import type { WebGpuBinding } from "../../../program/executable.ts";
import { invariant } from "../../../program/invariant.ts";
import type { Kernel, KernelProgram, Place, Storage } from "../../kernels/program.ts";
import { usedOperands } from "../../kernels/used.ts";

/** Values of the loops around a dispatch: how many iterations came before, and which entry it is. */
export type Iterations = ReadonlyMap<number, { readonly ordinal: number; readonly entry: number }>;

/** A place in one iteration. */
export interface Resolved {
  readonly storage: number;
  /** Words from the beginning of the storage. */
  readonly offset: number;
}

export function resolve(place: Place, iterations: Iterations): Resolved {
  switch (place.kind) {
    case "fixed":
      return { storage: place.storage, offset: 0 };
    case "stepped": {
      const from = resolve(place.from, iterations);
      const at = iterations.get(place.loop);
      invariant(at !== undefined, "a place of a loop that is not running");
      return { ...from, offset: from.offset + at.entry * place.stride };
    }
    case "carried": {
      const at = iterations.get(place.loop);
      invariant(at !== undefined, "a carried value of a loop that is not running");
      if (place.access === "write") return fixed(place.buffers[at.ordinal % 2 === 0 ? 0 : 1]);
      if (at.ordinal === 0) return resolve(place.start, iterations);
      return fixed(place.buffers[at.ordinal % 2 === 0 ? 1 : 0]);
    }
  }
}

function fixed(storage: number): Resolved {
  return { storage, offset: 0 };
}

/** One binding of a shader: `bits` where tensors of both kinds share it. */
export interface Slot {
  readonly words: "f32" | "i32" | "bits";
  readonly access: "read" | "read_write";
}

/** How a dispatch binds its operands. Dispatches with equal slots and operands share a shader. */
export interface BoundOperands {
  readonly slots: readonly Slot[];
  readonly bindings: readonly WebGpuBinding[];
  /** For each operand its slot (−1: not used), and the words before its first entry in the binding. */
  readonly operands: readonly { readonly slot: number; readonly base: number }[];
}

/** Name of the buffer that holds a storage, and the range of bytes in it. */
export function rangeOf(program: KernelProgram, storage: Storage): WebGpuBinding {
  if (storage.kind === "temporary") {
    const place = program.memory.places.get(storage.id);
    invariant(place !== undefined, `no place for the temporary ${storage.name}`);
    return { buffer: windowName(place.window), offset: place.offset, bytes: place.bytes };
  }
  const name = storage.kind === "scalars" ? "scalars" : `${storage.kind}:${storage.name}`;
  const words = storage.kind === "scalars" ? program.scalars.length : storage.words;
  return { buffer: name, offset: 0, bytes: paddedBytes(words) };
}

export function windowName(window: number): string {
  return `arena${window}`;
}

/** Buffers are whole vectors of four words. */
export function paddedBytes(words: number): number {
  return Math.max(16, Math.ceil(words / 4) * 16);
}

/**
 * One binding for each tensor; an arena window that is written is bound read_write in all of its
 * ranges, since one buffer cannot be both in a dispatch. Where there are more than a stage may have,
 * the ranges of a window become one.
 */
export function bind(
  program: KernelProgram,
  kernel: Kernel,
  iterations: Iterations,
): BoundOperands {
  const used = usedOperands(kernel);
  const uses = kernel.operands.map((operand, index) => {
    if (!used.has(index)) return undefined;
    const at = resolve(operand.place, iterations);
    const storage = program.storages[at.storage];
    invariant(storage !== undefined, "an operand without storage");
    return { storage, offset: at.offset + operand.offset, written: operand.written };
  });
  const plan = (packed: boolean) => {
    const slots: { words: Slot["words"]; binding: WebGpuBinding; written: boolean }[] = [];
    const keys = new Map<string, number>();
    const bound = uses.map((use) => {
      if (use === undefined) return { slot: -1, base: 0 };
      const range = rangeOf(program, use.storage);
      const whole = packed && use.storage.kind === "temporary";
      const key = whole ? range.buffer : `${range.buffer}@${range.offset}`;
      const words = use.storage.element === "real" ? "f32" : "i32";
      let slot = keys.get(key);
      if (slot === undefined) {
        slot = slots.length;
        keys.set(key, slot);
        slots.push({ words, binding: whole ? { ...range, offset: 0 } : range, written: false });
      }
      const known = slots[slot];
      invariant(known !== undefined, "a slot that was just made");
      known.written ||= use.written;
      if (known.words !== words) known.words = "bits";
      if (whole) {
        const end = Math.max(known.binding.bytes, range.offset + range.bytes);
        known.binding = { ...known.binding, bytes: end };
      }
      return { slot, base: use.offset + (whole ? range.offset / 4 : 0) };
    });
    return { slots, bound };
  };
  const limit = program.profile.limits.maxStorageBuffersPerShaderStage;
  const single = plan(false);
  const { slots, bound } = single.slots.length <= limit ? single : plan(true);
  const writtenBuffers = new Set(
    slots.filter((slot) => slot.written).map((slot) => slot.binding.buffer),
  );
  return {
    slots: slots.map((slot) => ({
      words: slot.words,
      access: writtenBuffers.has(slot.binding.buffer) ? "read_write" : "read",
    })),
    bindings: slots.map((slot) => slot.binding),
    operands: bound,
  };
}
