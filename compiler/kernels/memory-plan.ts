import { invariant } from "../../program/invariant.ts";
import type { DeviceLimits } from "./profile.ts";
import type { MemoryPlan, Place, Placement, ProgramItem, Storage } from "./program.ts";
import { accessesOf } from "./sequence.ts";

/** When each storage is needed: first and last position in the order of all items. */
export type Lifetimes = ReadonlyMap<number, readonly [number, number]>;

/**
 * A storage that is used in a loop and also outside of it lives through all of the loop; one that
 * is only used inside lives from its first use to its last, in every iteration again.
 */
export function lifetimes(items: readonly ProgramItem[]): Lifetimes {
  const spans = new Map<number, readonly [number, number]>();
  /** For each storage the loops around each of its uses, as paths. */
  const scopes = new Map<number, Set<string>>();
  const crossing = carriedBuffers(items);
  let position = 0;
  const extend = (storage: number, from: number, to: number) => {
    const [first, last] = spans.get(storage) ?? [from, to];
    spans.set(storage, [Math.min(first, from), Math.max(last, to)]);
  };
  const loops: { readonly path: string; readonly span: readonly [number, number] }[] = [];
  const visit = (list: readonly ProgramItem[], path: string): void => {
    for (const item of list) {
      if (item.kind === "loop") {
        const from = position;
        const inner = `${path}${item.loop}/`;
        visit(item.body, inner);
        loops.push({ path: inner, span: [from, position - 1] });
        continue;
      }
      const { reads, writes } = accessesOf(item);
      for (const storage of new Set([...reads, ...writes])) {
        extend(storage, position, position);
        scopes.set(storage, (scopes.get(storage) ?? new Set()).add(path));
      }
      position += 1;
    }
  };
  visit(items, "");
  // Inner loops come first, so that what leaves one is seen to live through those around it.
  for (const { path, span } of loops) {
    for (const [storage, paths] of scopes) {
      const inside = [...paths].filter((one) => one.startsWith(path)).length;
      if (inside === 0) continue;
      if (inside < paths.size || crossing.has(storage)) extend(storage, ...span);
    }
  }
  return spans;
}

/** Buffers of carried values: read in the iteration after the one that wrote them. */
function carriedBuffers(items: readonly ProgramItem[]): ReadonlySet<number> {
  const found = new Set<number>();
  const note = (place: Place): void => {
    if (place.kind === "stepped") note(place.from);
    if (place.kind !== "carried") return;
    for (const buffer of place.buffers) found.add(buffer);
    note(place.start);
  };
  for (const item of items) {
    if (item.kind === "loop") for (const buffer of carriedBuffers(item.body)) found.add(buffer);
    if (item.kind === "kernel") for (const operand of item.kernel.operands) note(operand.place);
  }
  return found;
}

/** Offsets are multiples of this, so that every binding and every vector of four is aligned. */
function aligned(words: number, limits: DeviceLimits): number {
  const unit = Math.max(limits.storageAlignment, 16);
  return Math.ceil((words * 4) / unit) * unit;
}

/**
 * Places temporaries in windows that can each be bound: the largest first, each in the smallest gap
 * between those that live at the same time. Deterministic.
 */
export function planMemory(
  storages: readonly Storage[],
  items: readonly ProgramItem[],
  limits: DeviceLimits,
): MemoryPlan {
  const spans = lifetimes(items);
  const temporaries = storages
    .filter((storage) => storage.kind === "temporary" && spans.has(storage.id))
    .map((storage) => ({ storage, bytes: aligned(storage.words, limits) }))
    .sort((a, b) => b.bytes - a.bytes || a.storage.id - b.storage.id);
  const windows: { bytes: number; readonly placed: Placement[] }[] = [];
  const places = new Map<number, Placement>();
  const limit = limits.maxStorageBufferBindingSize;
  for (const { storage, bytes } of temporaries) {
    const live = spans.get(storage.id);
    invariant(live !== undefined, "a temporary that nothing uses");
    const placement = findPlace(windows, bytes, live, limit);
    const window = windows[placement.window] ?? { bytes: 0, placed: [] };
    windows[placement.window] = window;
    window.placed.push(placement);
    window.bytes = Math.max(window.bytes, placement.offset + bytes);
    places.set(storage.id, placement);
  }
  return { windows: windows.map((window) => window.bytes), places };
}

function findPlace(
  windows: readonly { readonly bytes: number; readonly placed: readonly Placement[] }[],
  bytes: number,
  live: readonly [number, number],
  limit: number,
): Placement {
  for (const [index, window] of windows.entries()) {
    const busy = window.placed
      .filter((other) => other.live[0] <= live[1] && live[0] <= other.live[1])
      .sort((a, b) => a.offset - b.offset);
    let best: { readonly offset: number; readonly gap: number } | undefined;
    let end = 0;
    for (const other of busy) {
      const gap = other.offset - end;
      if (gap >= bytes && (best === undefined || gap < best.gap)) best = { offset: end, gap };
      end = Math.max(end, other.offset + other.bytes);
    }
    // What lies behind the last one may grow the window.
    if (best === undefined && (end + bytes <= limit || window.placed.length === 0)) {
      best = { offset: end, gap: limit - end };
    }
    if (best !== undefined) return { window: index, offset: best.offset, bytes, live };
  }
  return { window: windows.length, offset: 0, bytes, live };
}
