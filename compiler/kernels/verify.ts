import { invariant } from "../../program/invariant.ts";
import type { KernelProgram, Place, ProgramItem } from "./program.ts";
import { overwrittenTooEarly } from "./sequence.ts";

/** Iterations that came before in each running loop. */
type Running = ReadonlyMap<number, number>;

/**
 * What is wrong with an order and a memory plan; empty where all is well. Goes through every
 * iteration of a run: nothing is read before it was written, nor after others wrote over it, and no
 * kernel writes what overlaps with anything else that it reads.
 */
export function verifyKernels(program: KernelProgram): readonly string[] {
  const problems = new Set<string>();
  const overlapping = overlaps(program);
  const valid = new Set<number>();
  const nameOf = (storage: number) => {
    const found = program.storages[storage];
    return found === undefined ? `storage ${storage}` : `${found.kind} ${found.name} (${storage})`;
  };
  for (const storage of program.storages) {
    if (storage.kind !== "temporary" && storage.kind !== "output") valid.add(storage.id);
    const place = program.memory.places.get(storage.id);
    if (place === undefined) continue;
    if (place.bytes < 4 * storage.words) problems.add(`${nameOf(storage.id)} is cut off`);
    if (place.offset % program.profile.limits.storageAlignment !== 0) {
      problems.add(`${nameOf(storage.id)} is not aligned`);
    }
    if (place.offset + place.bytes > (program.memory.windows[place.window] ?? 0)) {
      problems.add(`${nameOf(storage.id)} straddles the end of its window`);
    }
  }
  const access = (what: string, reads: readonly number[], writes: readonly number[]) => {
    for (const read of reads) {
      if (!valid.has(read)) problems.add(`${what} reads ${nameOf(read)}, which is not there`);
    }
    for (const write of writes) {
      for (const other of overlapping.get(write) ?? []) {
        if (reads.includes(other) || writes.includes(other)) {
          problems.add(`${what} writes ${nameOf(write)} over ${nameOf(other)}`);
        }
        valid.delete(other);
      }
      valid.add(write);
    }
  };
  const run = (items: readonly ProgramItem[], running: Running): void => {
    for (const item of items) {
      if (item.kind === "loop") {
        for (let ordinal = 0; ordinal < item.count; ordinal += 1) {
          run(item.body, new Map([...running, [item.loop, ordinal]]));
        }
      } else if (item.kind === "copy") {
        access("a copy", [storageIn(item.from, running)], [storageIn(item.to, running)]);
      } else {
        const { label, operands } = item.kernel;
        const of = (written: boolean) =>
          operands
            .filter((operand) => operand.written === written)
            .map((operand) => storageIn(operand.place, running));
        access(`kernel ${label}`, of(false), of(true));
      }
    }
  };
  run(program.items, new Map());
  for (const storage of replacedTooEarly(program.items)) {
    problems.add(`${nameOf(storage)} is read after it was replaced`);
  }
  for (const storage of program.storages) {
    if (storage.kind === "output" && !valid.has(storage.id)) {
      problems.add(`${nameOf(storage.id)} is never written`);
    }
  }
  return [...problems];
}

/** In the program and in every body. */
function replacedTooEarly(items: readonly ProgramItem[]): readonly number[] {
  const inner = items.flatMap((item) => (item.kind === "loop" ? replacedTooEarly(item.body) : []));
  return [...overwrittenTooEarly(items), ...inner];
}

function storageIn(place: Place, running: Running): number {
  switch (place.kind) {
    case "fixed":
      return place.storage;
    case "stepped":
      return storageIn(place.from, running);
    case "carried": {
      const ordinal = running.get(place.loop);
      invariant(ordinal !== undefined, "a carried value outside of its loop");
      const [even, odd] = place.buffers;
      if (place.access === "write") return ordinal % 2 === 0 ? even : odd;
      if (ordinal === 0) return storageIn(place.start, running);
      return ordinal % 2 === 0 ? odd : even;
    }
  }
}

/** For each temporary the others that have bytes in common with it. */
function overlaps(program: KernelProgram): ReadonlyMap<number, readonly number[]> {
  const places = [...program.memory.places];
  return new Map(
    places.map(([storage, place]) => [
      storage,
      places
        .filter(
          ([other, their]) =>
            other !== storage &&
            their.window === place.window &&
            their.offset < place.offset + place.bytes &&
            place.offset < their.offset + their.bytes,
        )
        .map(([other]) => other),
    ]),
  );
}
