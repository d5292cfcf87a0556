import type { Node } from "../operations/tensor.ts";
import { kindOf } from "./nodes.ts";

/** What one entry costs where a node is computed again: operations, and tensors that are read. */
export interface Recomputation {
  readonly operations: number;
  readonly loads: number;
}

/** Functions that cost several additions, roughly. */
const heavy = new Map([
  ["exp", 4],
  ["expm1", 6],
  ["log", 6],
  ["log1p", 6],
  ["sin", 6],
  ["cos", 6],
  ["tanh", 8],
  ["erf", 10],
  ["sigmoid", 6],
  ["log_sigmoid", 8],
  ["power", 10],
  ["divide", 2],
  ["sqrt", 2],
]);

/** Estimates, as if everything element-wise below were folded. Nodes come after their inputs. */
export function recomputation(order: readonly Node[]): (node: Node) => Recomputation {
  const operations = new Map<Node, number>();
  const leaves = new Map<Node, ReadonlySet<Node>>();
  for (const node of order) {
    const kind = kindOf(node);
    if (kind === "scalar" || kind === "view") {
      const own = kind === "view" ? 0 : (heavy.get(node.operation) ?? 1);
      operations.set(
        node,
        node.inputs.reduce((sum, input) => sum + (operations.get(input) ?? 0), own),
      );
      leaves.set(node, new Set(node.inputs.flatMap((input) => [...(leaves.get(input) ?? [])])));
    } else {
      const computed = node.operation === "constant" || node.operation === "index";
      operations.set(node, 0);
      leaves.set(node, computed || node.axes.length === 0 ? new Set() : new Set([node]));
    }
  }
  return (node) => ({
    operations: operations.get(node) ?? 0,
    loads: leaves.get(node)?.size ?? 0,
  });
}
