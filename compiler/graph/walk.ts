import type { Node } from "../operations/tensor.ts";

/** All nodes that the roots need, inputs before users. Bodies of regions are not entered. */
export function reachable(roots: readonly Node[]): readonly Node[] {
  const seen = new Set<Node>();
  const pending = [...roots];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const input of node.inputs) if (!seen.has(input)) pending.push(input);
  }
  // An input is made before its users, so ascending ids are an order of evaluation.
  return [...seen].sort((a, b) => a.id - b.id);
}

/** The nodes among those given (inputs before users) that depend on one of `sources`. */
export function dependents(nodes: readonly Node[], sources: ReadonlySet<Node>): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of nodes) {
    if (sources.has(node) || node.inputs.some((input) => found.has(input))) found.add(node);
  }
  return found;
}
