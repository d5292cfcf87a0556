import type { Axis, Node } from "../../operations/tensor.ts";
import type { Origin } from "../step.ts";

/** Why an entry may depend on what comes later (or on what a decoder does not have). */
export type LeakReason =
  | "reads-what-is-learnt" // an input that generation does not have, as tokens.weight
  | "not-masked" // taken together over a copy of time without the mask that it needs
  | "reduces-time" // taken together over time itself
  | "reorders-time" // a part, join, gather, split … along time or a copy
  | "shifts-from-later" // a shift from later to earlier, or a reversed running sum
  | "moves-along-a-copy" // a shift or running sum of what has a copy of time
  | "copies-a-copy" // a rename of time where a copy is there already, or of a copy
  | "renames-time" // time becomes a dimension that is no copy of it
  | "reads-size-of-time"
  | "mixes-batch" // entries of several rows are taken together
  | "random-along-time"
  | "constant-along-time" // numbers fixed for one length
  | "keeps-a-copy"; // a result that still has a copy of time

/** Why something may cross from one segment of a row to another. */
export type CrossingReason =
  | "mask-lacks-segment"
  | "shift-crosses-segment"
  | "running-sum-crosses-segment";

/** One independent fault, at the operation that made it. */
export interface Finding {
  readonly property: "causal" | "separate";
  readonly reason: LeakReason | CrossingReason;
  readonly node: Node;
  /** The dimension in question. */
  readonly axis: Axis | undefined;
  /** `not-masked`: what masked entries must be, and what they are if they are one number. */
  readonly needed?: number;
  readonly found?: number;
  readonly origins: readonly Origin[];
}

/**
 * Where a copy is after time the entry is `value`; with `segmented`, in other segments too; with
 * `window`, also where it is so many places or more before time.
 */
export interface Lower {
  readonly value: number;
  readonly segmented: boolean;
  readonly window: number | undefined;
}

/** The same number in two places: it holds where it holds in both. */
export function commonLower(left: Lower, right: Lower | undefined): Lower | undefined {
  if (right === undefined || !Object.is(left.value, right.value)) return undefined;
  return {
    value: left.value,
    segmented: left.segmented && right.segmented,
    window:
      left.window === undefined || right.window === undefined
        ? undefined
        : Math.max(left.window, right.window),
  };
}

/** What a truth value says where it is true. */
export interface Implications {
  /** Copies that are at or before time. */
  readonly past: ReadonlySet<Axis>;
  /** Copies in the segment of time. */
  readonly segment: ReadonlySet<Axis>;
  /** Numbers of entries back from time that are in its segment. */
  readonly shift: ReadonlySet<number>;
  /** Copies less than so many entries before time. */
  readonly window: ReadonlyMap<Axis, number>;
}

/**
 * What is known of a node. With its axes this is the class of DESIGN.md: free (no time), causal (time),
 * kept (a copy), square (both), lower (both, with an entry in `lower`), unknown (with leaks).
 */
export interface Knowledge {
  readonly leaks: readonly Finding[];
  readonly crossings: readonly Finding[];
  readonly lower: ReadonlyMap<Axis, Lower>;
  readonly implies: Implications;
  /** It is the place along this axis (time or a copy). */
  readonly place: Axis | undefined;
  /** It is the segment along this axis, so many entries back. */
  readonly segment: { readonly axis: Axis; readonly shift: number } | undefined;
  /** It is place along time minus place along this copy. */
  readonly distance: Axis | undefined;
}

export const impliesNothing: Implications = {
  past: new Set(),
  segment: new Set(),
  shift: new Set(),
  window: new Map(),
};

export const nothing: Knowledge = {
  leaks: [],
  crossings: [],
  lower: new Map(),
  implies: impliesNothing,
  place: undefined,
  segment: undefined,
  distance: undefined,
};

/** Findings of all, one for each faulty node. */
export function findingsOf(lists: readonly (readonly Finding[])[]): readonly Finding[] {
  const byNode = new Map<Node, Finding>();
  for (const finding of lists.flat()) byNode.set(finding.node, finding);
  return byNode.size === 0 ? [] : [...byNode.values()].sort((a, b) => a.node.id - b.node.id);
}

/** What holds of a value that is one or the other (a carried value, before and after an iteration). */
export function either(a: Knowledge, b: Knowledge): Knowledge {
  const lower = new Map<Axis, Lower>();
  for (const [axis, left] of a.lower) {
    const common = commonLower(left, b.lower.get(axis));
    if (common !== undefined) lower.set(axis, common);
  }
  const sameSegment = a.segment?.axis === b.segment?.axis && a.segment?.shift === b.segment?.shift;
  return {
    leaks: findingsOf([a.leaks, b.leaks]),
    crossings: findingsOf([a.crossings, b.crossings]),
    lower,
    implies: eitherImplies(a.implies, b.implies),
    place: a.place === b.place ? a.place : undefined,
    segment: sameSegment ? a.segment : undefined,
    distance: a.distance === b.distance ? a.distance : undefined,
  };
}

export function bothImply(a: Implications, b: Implications): Implications {
  const window = new Map(a.window);
  for (const [axis, width] of b.window) {
    window.set(axis, Math.min(width, window.get(axis) ?? Number.POSITIVE_INFINITY));
  }
  return {
    past: new Set([...a.past, ...b.past]),
    segment: new Set([...a.segment, ...b.segment]),
    shift: new Set([...a.shift, ...b.shift]),
    window,
  };
}

export function eitherImplies(a: Implications, b: Implications): Implications {
  const common = <T>(left: ReadonlySet<T>, right: ReadonlySet<T>) =>
    new Set([...left].filter((value) => right.has(value)));
  const window = new Map<Axis, number>();
  for (const [axis, width] of a.window) {
    const other = b.window.get(axis);
    if (other !== undefined) window.set(axis, Math.max(width, other));
  }
  return {
    past: common(a.past, b.past),
    segment: common(a.segment, b.segment),
    shift: common(a.shift, b.shift),
    window,
  };
}

/** Whether one more round through a body's loop learns anything new. */
export function sameKnowledge(a: Knowledge, b: Knowledge): boolean {
  const sets = (left: ReadonlySet<unknown>, right: ReadonlySet<unknown>) =>
    left.size === right.size;
  return (
    a.leaks.length === b.leaks.length &&
    a.crossings.length === b.crossings.length &&
    a.lower.size === b.lower.size &&
    [...a.lower].every(([axis, lower]) => {
      const other = b.lower.get(axis);
      return other?.segmented === lower.segmented && other.window === lower.window;
    }) &&
    sets(a.implies.past, b.implies.past) &&
    sets(a.implies.segment, b.implies.segment) &&
    sets(a.implies.shift, b.implies.shift) &&
    [...a.implies.window].every(([axis, width]) => b.implies.window.get(axis) === width) &&
    a.place === b.place &&
    a.segment?.shift === b.segment?.shift &&
    a.distance === b.distance
  );
}
