import { reachable, rootsOf } from "../graph/index.ts";
import type { Step } from "../graph/step.ts";
import { regionAttribute } from "../operations/attributes.ts";
import { findRow } from "../operations/table.ts";
import type { Node } from "../operations/tensor.ts";

/** Floating-point operations of one run of a step, counted on its graph. */
export function flopsOfStep(step: Step): number {
  return flopsOf(rootsOf(step));
}

function flopsOf(roots: readonly Node[]): number {
  return reachable(roots).reduce((total, node) => total + flopsOfNode(node), 0);
}

function flopsOfNode(node: Node): number {
  if (node.operation === "repeat") {
    const region = regionAttribute(node.attributes);
    return region.axis.size * flopsOf(region.results);
  }
  return findRow(node.operation)?.flops(node.inputs, node, node.attributes) ?? 0;
}
