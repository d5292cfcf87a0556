import { findRow } from "../operations/table.ts";
import type { Node, Region } from "../operations/tensor.ts";
import { dependents, reachable } from "./walk.ts";

/** Nodes of the forward body that the backward body reads. */
export interface Saved {
  /** Results that the extended forward repeat stacks. */
  readonly stacked: readonly Node[];
  /** Parameters that the backward repeat takes as they are: of each entry, and invariant. */
  readonly each: readonly Node[];
  readonly invariants: readonly Node[];
}

/**
 * Chooses what to keep of each iteration. With `recompute` that is the carried values alone; else it
 * is what the backward body reads, save for what element-wise operations and views make of the rest.
 *
 * `roots` are gradients in terms of the forward body and of `leaves`.
 */
export function chooseSaved(
  region: Region,
  roots: readonly Node[],
  leaves: ReadonlySet<Node>,
  recompute: boolean,
): Saved {
  const nodes = reachable(roots);
  const backward = dependents(nodes, leaves);
  const frontier = new Set<Node>(roots.filter((root) => !backward.has(root)));
  for (const node of nodes) {
    if (!backward.has(node)) continue;
    for (const input of node.inputs) if (!backward.has(input)) frontier.add(input);
  }
  const carried = new Set(region.parameters.slice(0, region.carried));
  const each = new Set(region.parameters.slice(region.carried, region.carried + region.each));
  const stacked = new Set<Node>();
  const pending = [...frontier].sort((a, b) => a.id - b.id);
  const read = new Set<Node>();
  const available = new Set<Node>(region.parameters.slice(region.carried));
  const resolve = (node: Node) => {
    if (read.has(node)) return;
    read.add(node);
    if (stacked.has(node)) return;
    if (carried.has(node)) {
      stacked.add(node);
      return;
    }
    for (const input of node.inputs) resolve(input);
  };
  for (const node of pending) {
    if (!recompute && !carried.has(node) && !isCheap(node, available)) {
      stacked.add(node);
      available.add(node);
    }
    if (carried.has(node)) available.add(node);
    resolve(node);
  }
  const invariants = region.parameters
    .slice(region.carried + region.each)
    .filter((parameter) => read.has(parameter));
  const inOrder = (set: ReadonlySet<Node>) => [...set].sort((a, b) => a.id - b.id);
  return {
    stacked: inOrder(stacked),
    each: inOrder(each).filter((parameter) => read.has(parameter)),
    invariants,
  };
}

/** Whether element-wise operations and views alone make the node from what is at hand. */
function isCheap(node: Node, available: Set<Node>): boolean {
  if (available.has(node)) return true;
  const family = findRow(node.operation)?.family;
  const cheap =
    node.operation !== "item" &&
    node.operation !== "argument" &&
    (family === "element-wise" || family === "view" || family === "leaf") &&
    node.inputs.every((input) => isCheap(input, available));
  if (cheap) available.add(node);
  return cheap;
}
