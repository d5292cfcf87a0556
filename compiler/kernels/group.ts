import { reachable } from "../graph/walk.ts";
import { inputOf } from "../layout/attributes.ts";
import { entries as entriesOf, sameAxes } from "../operations/shape.ts";
import type { Axis, Node } from "../operations/tensor.ts";
import { isStridedView, keepsCoordinates, kindOf, overOf, rowAxesOf, unionOf } from "./nodes.ts";
import type { DeviceProfile } from "./profile.ts";
import { recomputation } from "./recomputation.ts";

export type GroupKind = "nest" | "product" | "scatter" | "scan" | "store" | "repeat" | "split";

/**
 * Nodes that become one kernel (a few for scatter and split, a loop for repeat). A node without a
 * home is computed again wherever it is read.
 */
export interface Group {
  readonly id: number;
  kind: GroupKind;
  /** The reduction, product or region it is about; for element-wise groups the first node. */
  anchor: Node;
  /** All entries that are computed: rows and inner axes. */
  readonly domain: readonly Axis[];
  /** Set once a reduction is in: its owners. */
  rows: readonly Axis[] | undefined;
  readonly members: Set<Node>;
  /** Members that others read. */
  readonly results: Set<Node>;
}

export interface Grouping {
  readonly groups: readonly Group[];
  readonly homes: ReadonlyMap<Node, Group>;
}

/** How a group reads a node: at its own coordinates, elsewhere, or as a tensor in memory. */
type Reading = "direct" | "elsewhere" | "memory";

/**
 * Walks from the roots back. Element-wise nodes and views fold into their readers unless computing
 * them again costs more than a tensor in memory; reductions join the group of a reader over the
 * same rows; products take element-wise readers in where the profile wants it. Groups stay acyclic:
 * a node joins a group only if no other reader of it leads there.
 */
export function group(roots: readonly Node[], profile: DeviceProfile): Grouping {
  const order = reachable(roots);
  const rootSet = new Set(roots);
  const groups: Group[] = [];
  const homes = new Map<Node, Group>();
  const readers = new Map<Node, Map<Group, Reading>>();
  const successors = new Map<Group, Set<Group>>();
  const cost = recomputation(order);

  function addReader(node: Node, reader: Group, reading: Reading): void {
    const known = readers.get(node) ?? new Map<Group, Reading>();
    readers.set(node, known);
    known.set(reader, worst(known.get(reader), reading));
  }

  function leadsTo(from: Group, to: Group): boolean {
    const pending = [from];
    const seen = new Set(pending);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (next === to) return true;
      for (const successor of successors.get(next) ?? []) {
        if (seen.has(successor)) continue;
        seen.add(successor);
        pending.push(successor);
      }
    }
    return false;
  }

  function settle(node: Node, home: Group): void {
    homes.set(node, home);
    if (kindOf(node) !== "leaf") home.members.add(node);
    const known = successors.get(home) ?? new Set<Group>();
    successors.set(home, known);
    for (const reader of readers.get(node)?.keys() ?? []) {
      if (reader === home) continue;
      known.add(reader);
      home.results.add(node);
    }
    if (rootSet.has(node)) home.results.add(node);
  }

  function open(node: Node, kind: GroupKind, domain: readonly Axis[] = node.axes): Group {
    const made: Group = {
      id: groups.length,
      kind,
      anchor: node,
      domain,
      rows: undefined,
      members: new Set(),
      results: new Set(),
    };
    groups.push(made);
    settle(node, made);
    return made;
  }

  /** The first reader that the node may join without a cycle. */
  function joinable(node: Node, fits: (reader: Group) => boolean): Group | undefined {
    const known = readers.get(node);
    if (known === undefined) return undefined;
    for (const [reader, reading] of known) {
      if (reading !== "direct" || !fits(reader)) continue;
      const others = [...known.keys()].filter((other) => other !== reader);
      if (others.every((other) => !leadsTo(other, reader))) return reader;
    }
    return undefined;
  }

  function readInputs(node: Node, reading: (input: Node, index: number) => Reading, home: Group) {
    node.inputs.forEach((input, index) => {
      addReader(input, home, reading(input, index));
    });
  }

  /** Folded: whoever reads the node reads its inputs. */
  function fold(node: Node, changesCoordinates: boolean): void {
    for (const [reader, reading] of readers.get(node) ?? []) {
      for (const input of node.inputs) {
        addReader(input, reader, changesCoordinates ? worst(reading, "elsewhere") : reading);
      }
    }
  }

  function inMemory(node: Node): boolean {
    if (rootSet.has(node)) return true;
    return [...(readers.get(node)?.values() ?? [])].includes("memory");
  }

  function placeView(node: Node): void {
    const many = node.operation === "join" && node.inputs.length > 8;
    const kept = inMemory(node) && (rootSet.has(node) || !isStridedView(node));
    if (kept || many) readInputs(node, () => "elsewhere", open(node, "nest"));
    else fold(node, !keepsCoordinates(node));
  }

  function placeScalar(node: Node): void {
    const known = readers.get(node) ?? new Map<Group, Reading>();
    if (!inMemory(node) && worthFolding(node, [...known.keys()])) {
      fold(node, false);
      return;
    }
    const home =
      joinable(
        node,
        (reader) =>
          isLoop(reader) &&
          (sameAxes(node.axes, reader.domain) ||
            (reader.rows !== undefined && sameAxes(node.axes, reader.rows))),
      ) ?? open(node, "nest");
    if (homes.get(node) === undefined) settle(node, home);
    readInputs(node, () => "direct", home);
  }

  function worthFolding(node: Node, known: readonly Group[]): boolean {
    const { operations, loads } = cost(node);
    const size = entriesOf(node.axes);
    const repeated = known.some((reader) => {
      if (reader.rows !== undefined && node.axes.every((axis) => reader.rows?.includes(axis))) {
        return false;
      }
      return entriesOf(reader.domain) > size || reader.kind === "scatter";
    });
    if (repeated && operations > 8) return false;
    if (known.length <= 1) return true;
    return (
      loads === 0 ||
      (loads === 1 && operations <= 6) ||
      (loads === 2 && operations <= 3 && known.length <= 2)
    );
  }

  function placeReduction(node: Node, reading: Reading): void {
    const rows = rowAxesOf(node);
    const over = overOf(node);
    const split = needsSplit(node, profile);
    const domain = unionOf(rows, over);
    const home = split
      ? undefined
      : joinable(node, (reader) => {
          if (reader.kind !== "nest") return false;
          if (reader.rows !== undefined) {
            return sameAxes(reader.rows, rows) && sameAxes(reader.domain, domain);
          }
          return sameAxes(reader.domain, domain);
        });
    if (home === undefined) {
      const made = open(node, split ? "split" : "nest", domain);
      made.rows = rows;
      readInputs(node, () => reading, made);
    } else {
      if (home.rows === undefined) home.anchor = node;
      home.rows = rows;
      settle(node, home);
      readInputs(node, () => reading, home);
    }
  }

  function placeProduct(node: Node): void {
    if (!isTiled(node)) {
      placeReduction(node, "direct");
      return;
    }
    const home = profile.productEpilogue
      ? joinable(
          node,
          (reader) =>
            reader.kind === "nest" &&
            reader.rows === undefined &&
            sameAxes(reader.domain, node.axes),
        )
      : undefined;
    if (home === undefined) {
      readInputs(node, () => "memory", open(node, "product"));
    } else {
      home.kind = "product";
      home.anchor = node;
      settle(node, home);
      readInputs(node, () => "memory", home);
    }
  }

  for (const node of [...order].reverse()) {
    switch (kindOf(node)) {
      case "leaf":
        if (rootSet.has(node) && node.operation !== "item") open(node, "nest");
        break;
      case "scalar":
        placeScalar(node);
        break;
      case "view":
        placeView(node);
        break;
      case "reduce":
        placeReduction(node, "direct");
        break;
      case "contract":
        placeProduct(node);
        break;
      case "scatter":
        readInputs(
          node,
          (_, index) => (index === 0 ? "elsewhere" : "memory"),
          open(node, "scatter"),
        );
        break;
      case "scan":
        readInputs(node, () => "direct", open(node, "scan"));
        break;
      case "store":
        readInputs(node, (_, index) => (index === 0 ? "memory" : "elsewhere"), open(node, "store"));
        break;
      case "repeat":
        readInputs(node, () => "memory", open(node, "repeat", []));
        break;
    }
    if (node.operation === "item") {
      for (const reader of readers.get(node)?.keys() ?? []) {
        addReader(inputOf(node, 0), reader, "memory");
      }
    }
  }
  return { groups, homes };
}

function isLoop(group: Group): boolean {
  return group.kind === "nest" || group.kind === "product";
}

const readings: readonly Reading[] = ["direct", "elsewhere", "memory"];

function worst(left: Reading | undefined, right: Reading): Reading {
  if (left === undefined) return right;
  return readings.indexOf(left) > readings.indexOf(right) ? left : right;
}

/** Products large enough for tiles; the others are sums like any other. */
export function isTiled(node: Node): boolean {
  const { rows, columns, depth } = productSizes(node);
  return rows >= 8 && columns >= 8 && depth >= 4 && rows * columns * depth >= 4096;
}

export function productSizes(node: Node): {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
} {
  const [left, right] = [inputOf(node, 0), inputOf(node, 1)];
  const only = (a: Node, b: Node) =>
    entriesOf(node.axes.filter((axis) => a.axes.includes(axis) && !b.axes.includes(axis)));
  return { rows: only(left, right), columns: only(right, left), depth: entriesOf(overOf(node)) };
}

/** Too few rows to keep the device busy with one owner each, and long ones. */
export function needsSplit(node: Node, profile: DeviceProfile): boolean {
  if (!["sum", "max", "min", "dot"].includes(node.operation)) return false;
  const depth = entriesOf(overOf(node));
  return depth >= 1024 && entriesOf(rowAxesOf(node)) * 4 <= profile.occupancy;
}
