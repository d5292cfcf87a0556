import type { OrderedStep } from "../graph/step.ts";
import { reachable } from "../graph/walk.ts";
import type { Node } from "../operations/tensor.ts";
import { axesOf, regionOf } from "./attributes.ts";
import { sameOrder } from "./orders.ts";
import { rootsOf } from "./roots.ts";

/** What is wrong with the orders of a step; empty where every node's order is one of its axes. */
export function verifyOrdered(ordered: OrderedStep): readonly string[] {
  const problems: string[] = [];
  verifyNodes(rootsOf(ordered.step), ordered, problems);
  return problems;
}

function verifyNodes(roots: readonly Node[], ordered: OrderedStep, problems: string[]): void {
  for (const node of reachable(roots)) {
    const order = ordered.order.get(node);
    const label = `${node.operation} ${node.id}`;
    if (order === undefined) {
      problems.push(`${label} has no order`);
      continue;
    }
    if (node.operation === "repeat") {
      verifyNodes(regionOf(node).results, ordered, problems);
      continue;
    }
    const sorted = [...order].sort((left, right) => left.id - right.id);
    if (!sameOrder(sorted, node.axes)) problems.push(`${label} orders other axes than its own`);
    const stored = node.operation === "input" || node.operation === "table";
    if (stored && !sameOrder(order, axesOf(node, "axes"))) {
      problems.push(`${label} is not ordered as it is stored`);
    }
  }
}
