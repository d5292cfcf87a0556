import type { Step } from "../graph/step.ts";
import type { Node } from "../operations/tensor.ts";

/**
 * Nodes that the roots depend on, each after its inputs; regions are not entered. The order depends
 * only on the roots and the order of inputs.
 */
export function reachable(roots: readonly Node[]): readonly Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const pending: { readonly node: Node; next: number }[] = [];
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    pending.push({ node: root, next: 0 });
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      const input = top.node.inputs[top.next];
      top.next += 1;
      if (input === undefined) {
        order.push(top.node);
        pending.pop();
      } else if (!seen.has(input)) {
        seen.add(input);
        pending.push({ node: input, next: 0 });
      }
    }
  }
  return order;
}

/** What a step computes: next values of its state, then its outputs. */
export function rootsOf(step: Step): readonly Node[] {
  return [...step.carried.map((carry) => carry.next), ...step.outputs.map((output) => output.node)];
}
