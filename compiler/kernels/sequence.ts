import { invariant } from "../../program/invariant.ts";
import { below, type Expression } from "./expression.ts";
import type { Kernel, Place, ProgramItem } from "./program.ts";
import { keptIn, sameMemory } from "./views.ts";

/** What an item reads and writes, by key: see `keysOf`. */
export interface Accesses<Key> {
  readonly reads: ReadonlySet<Key>;
  readonly writes: ReadonlySet<Key>;
}

/** All storages that a place may be in, over the iterations. */
export function storagesOf(place: Place): readonly number[] {
  switch (place.kind) {
    case "fixed":
      return [place.storage];
    case "stepped":
      return storagesOf(place.from);
    case "carried":
      return place.access === "write"
        ? place.buffers
        : [...storagesOf(place.start), ...place.buffers];
  }
}

/**
 * What a place is for the order inside of a body: a carried value of a loop around it is two
 * tensors there, the one that came in and the one that goes on.
 */
function keysOf(place: Place, inside: ReadonlySet<number>): readonly string[] {
  switch (place.kind) {
    case "fixed":
      return [place.next === true ? nextKey(place.storage) : String(place.storage)];
    case "stepped":
      return keysOf(place.from, inside);
    case "carried": {
      const kept = keptIn(place);
      if (kept !== undefined) {
        if (inside.has(place.loop)) return [String(kept)];
        const key = `${kept} of loop ${place.loop}`;
        return [place.access === "write" ? nextKey(key) : key];
      }
      const start = place.access === "read" ? keysOf(place.start, inside) : [];
      if (inside.has(place.loop)) return [...start, ...place.buffers.map(String)];
      return [...start, `${place.access} ${place.buffers[0]} in ${place.loop}`];
    }
  }
}

/** What replaces a value in its own memory has another key than the value that it replaces. */
function nextKey(old: number | string): string {
  return `${nextPrefix}${old}`;
}

const nextPrefix = "next ";

/** The key of the value that is replaced, if the key is of what replaces one. */
function replacedBy(key: string): string | undefined {
  return key.startsWith(nextPrefix) ? key.slice(nextPrefix.length) : undefined;
}

/** Storages that an item reads and writes in any iteration. */
export function accessesOf(item: ProgramItem): Accesses<number> {
  return collect(item, new Set(), storagesOf);
}

function collect<Key>(
  item: ProgramItem,
  inside: ReadonlySet<number>,
  keys: (place: Place, inside: ReadonlySet<number>) => readonly Key[],
): Accesses<Key> {
  const reads = new Set<Key>();
  const writes = new Set<Key>();
  const add = (to: Set<Key>, place: Place) => {
    for (const key of keys(place, inside)) to.add(key);
  };
  switch (item.kind) {
    case "kernel":
      for (const operand of item.kernel.operands) {
        add(operand.written ? writes : reads, operand.place);
      }
      break;
    case "copy":
      add(reads, item.from);
      add(writes, item.to);
      break;
    case "loop": {
      const deeper = new Set([...inside, item.loop]);
      for (const inner of item.body) {
        const accesses = collect(inner, deeper, keys);
        for (const key of accesses.reads) reads.add(key);
        for (const key of accesses.writes) writes.add(key);
      }
      break;
    }
  }
  return { reads, writes };
}

/**
 * Blocks in an order in which everything is written before it is read; state is written after its
 * other readers where that is possible. Ties keep the given order.
 */
export function inDependencyOrder(
  blocks: readonly (readonly ProgramItem[])[],
): readonly ProgramItem[] {
  const accesses = blocks.map((block) => block.map((item) => collect(item, new Set(), keysOf)));
  const writers = new Map<string, number[]>();
  const readersOf = new Map<string, number[]>();
  const note = (map: Map<string, number[]>, storage: string, block: number) => {
    const known = map.get(storage) ?? [];
    map.set(storage, known);
    if (known.at(-1) !== block) known.push(block);
  };
  accesses.forEach((items, block) => {
    for (const { reads, writes } of items) {
      for (const storage of writes) note(writers, storage, block);
      for (const storage of reads) note(readersOf, storage, block);
    }
  });
  const after = blocks.map(() => new Set<number>());
  const overwrites: { readonly reader: number; readonly writer: number }[] = [];
  for (const [key, writing] of writers) {
    for (const writer of writing) {
      for (const reader of readersOf.get(key) ?? [])
        if (reader !== writer) after[writer]?.add(reader);
    }
  }
  for (const [key, writing] of writers) {
    const old = replacedBy(key);
    if (old === undefined) continue;
    for (const writer of writing) {
      for (const reader of readersOf.get(old) ?? []) {
        if (reader !== writer) overwrites.push({ reader, writer });
      }
    }
  }
  const leadsTo = (from: number, to: number): boolean => {
    const pending = [from];
    const seen = new Set(pending);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (next === to) return true;
      for (const follower of after[next] ?? []) {
        if (!seen.has(follower)) {
          seen.add(follower);
          pending.push(follower);
        }
      }
    }
    return false;
  };
  for (const { reader, writer } of overwrites) {
    if (!leadsTo(writer, reader)) after[reader]?.add(writer);
  }
  const waiting = blocks.map(() => 0);
  for (const followers of after) {
    for (const follower of followers) waiting[follower] = (waiting[follower] ?? 0) + 1;
  }
  const done: ProgramItem[] = [];
  const ready = new Set(blocks.map((_, block) => block).filter((block) => waiting[block] === 0));
  let count = 0;
  while (ready.size > 0) {
    const next = Math.min(...ready);
    ready.delete(next);
    count += 1;
    done.push(...(blocks[next] ?? []));
    for (const follower of after[next] ?? []) {
      waiting[follower] = (waiting[follower] ?? 0) - 1;
      if (waiting[follower] === 0) ready.add(follower);
    }
  }
  invariant(count === blocks.length, "kernels that wait for each other");
  return done;
}

/** Storages with a next value whose old one these items read after, or while, it is replaced. */
export function overwrittenTooEarly(items: readonly ProgramItem[]): ReadonlySet<number> {
  const unsafe = new Set<number>();
  const replaced = new Set<string>();
  for (const item of items) {
    const { reads, writes } = collect(item, new Set(), keysOf);
    for (const old of replaced) if (reads.has(old)) unsafe.add(Number.parseInt(old, 10));
    for (const key of writes) {
      const old = replacedBy(key);
      if (old === undefined) continue;
      const storage = Number.parseInt(old, 10);
      const own = item.kind === "kernel" && entryByEntry(item.kernel, storage);
      if (reads.has(old) && !own) unsafe.add(storage);
      replaced.add(old);
    }
  }
  return unsafe;
}

/** True where every entry of the storage is read only by who then writes that same entry. */
function entryByEntry(kernel: Kernel, storage: number): boolean {
  const own = kernel.operands.map((operand) => storagesOf(operand.place).includes(storage));
  const written = kernel.operands.find((operand, index) => operand.written && own[index]);
  if (written === undefined) return false;
  if (kernel.kind === "product" && (own[kernel.left] || own[kernel.right])) return false;
  const phases =
    kernel.kind === "nest"
      ? kernel.phases
      : [{ looped: false, reductions: [], stores: kernel.stores }];
  const stored = phases.flatMap((phase) => phase.stores.filter((store) => own[store.operand]));
  const indices = new Set(stored.map((store) => store.index));
  const [index] = indices;
  if (indices.size !== 1 || index === undefined) return false;
  let overwritten = false;
  for (const phase of phases) {
    const values = [
      ...phase.reductions.map((reduction) => reduction.value),
      ...phase.stores.flatMap((store) => [store.value, store.index]),
    ];
    for (const load of loadsOf(values)) {
      if (!own[load.operand]) continue;
      const operand = kernel.operands[load.operand];
      if (
        overwritten ||
        load.index !== index ||
        !(operand !== undefined && sameMemory(operand, written))
      ) {
        return false;
      }
    }
    overwritten ||= phase.stores.some((store) => own[store.operand]);
  }
  return true;
}

function loadsOf(roots: readonly Expression[]) {
  return below(roots).flatMap((part) => (part.kind === "load" ? [part] : []));
}
