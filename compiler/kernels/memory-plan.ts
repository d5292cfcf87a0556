import { invariant } from "../../program/invariant.ts";
import type { DeviceLimits } from "./profile.ts";
import type { MemoryPlan, Placement, ProgramItem, Storage } from "./program.ts";
import { accessesOf } from "./sequence.ts";

/** When each storage is needed: first and last position in the order of all items. */
export type Lifetimes = ReadonlyMap<number, readonly [number, number]>;

/**
 * A storage that is used in a loop and also outside of it lives through all of the loop; one that
 * is only used inside lives from its first use to its last, in every iteration again.
 */
export function lifetimes(items: readonly ProgramItem[]): Lifetimes {
  const spans = new Map<number, [number, number]>();
  const outside = new Map<number, Set<string>>();
  let position = 0;
  const extend = (storage: number, from: number, to: number) => {
    const known = spans.get(storage);
    if (known === undefined) spans.set(storage, [from, to]);
    else spans.set(storage, [Math.min(known[0], from), Math.max(known[1], to)]);
  };
  const loops: {
    readonly path: string;
    readonly from: number;
    readonly to: number;
    readonly uses: ReadonlySet<number>;
  }[] = [];
  const visit = (list: readonly ProgramItem[], path: string): void => {
    for (const item of list) {
      const from = position;
      const { reads, writes } = accessesOf(item);
      const uses = new Set([...reads, ...writes]);
      if (item.kind === "loop") {
        const inner = `${path}/${item.loop}`;
        visit(item.body, inner);
        loops.push({ path: inner, from, to: position - 1, uses: carriedAndUsed(item, uses) });
      } else {
        for (const storage of uses) {
          extend(storage, position, position);
          const scopes = outside.get(storage) ?? new Set();
          outside.set(storage, scopes);
          scopes.add(path);
        }
        position += 1;
      }
    }
  };
  visit(items, "");
  for (const loop of loops) {
    for (const storage of loop.uses) {
      const scopes = [...(outside.get(storage) ?? [])];
      const onlyInside = scopes.every((path) => `${path}/`.startsWith(`${loop.path}/`));
      if (!onlyInside || crossesIterations(items, storage)) extend(storage, loop.from, loop.to);
    }
  }
  return spans;
}

function carriedAndUsed(_: ProgramItem, uses: ReadonlySet<number>): ReadonlySet<number> {
  return uses;
}

/** Buffers of carried values are read in the iteration after the one that wrote them. */
function crossesIterations(items: readonly ProgramItem[], storage: number): boolean {
  return carriedBuffers(items).has(storage);
}

const carriedOf = new WeakMap<readonly ProgramItem[], ReadonlySet<number>>();

function carriedBuffers(items: readonly ProgramItem[]): ReadonlySet<number> {
  const known = carriedOf.get(items);
  if (known !== undefined) return known;
  const found = new Set<number>();
  const visit = (list: readonly ProgramItem[]): void => {
    for (const item of list) {
      if (item.kind === "loop") visit(item.body);
      if (item.kind !== "kernel") continue;
      for (const { place } of item.kernel.operands) {
        for (let at = place; ; at = at.kind === "stepped" ? at.from : at) {
          if (at.kind === "carried") for (const buffer of at.buffers) found.add(buffer);
          if (at.kind !== "stepped") break;
        }
      }
    }
  };
  visit(items);
  carriedOf.set(items, found);
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
