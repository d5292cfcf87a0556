import { axisAttribute, regionAttribute } from "../../operations/attributes.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import { reachable } from "../walk.ts";

/**
 * Something that a decoder remembers of a node of the function: every row so far of what is renamed to
 * a copy of time, the last rows of what is shifted, the running sum so far.
 */
export interface Request {
  readonly kind: "kept" | "shift" | "sum";
  /** The operand of the rename, shift or running sum. */
  readonly of: Node;
  /** Rows that are remembered: the reach of the shift, 1 for a sum; as many as fit where kept. */
  readonly rows: number;
  /** Axes of the repeats around it, from the outermost in. */
  readonly around: readonly Axis[];
}

/** All requests of a function, in the order of its nodes, those of bodies in the place of the body. */
export function requestsOf(roots: readonly Node[], time: Axis): readonly Request[] {
  const found: Request[] = [];
  const kept = new Set<Node>();
  for (const node of reachable(roots)) {
    const [of] = node.inputs;
    if (node.operation === "repeat") {
      const { axis, results } = regionAttribute(node.attributes);
      for (const inner of requestsOf(results, time)) {
        found.push({ ...inner, around: [axis, ...inner.around] });
      }
    }
    if (of === undefined) continue;
    if (node.operation === "rename" && axisAttribute(node.attributes, "from") === time) {
      if (!kept.has(of)) found.push({ kind: "kept", of, rows: 0, around: [] });
      kept.add(of);
    }
    if (node.operation === "shift" && axisAttribute(node.attributes, "axis") === time) {
      const rows = Number(node.attributes["amount"]);
      const known = found.find((one) => one.kind === "shift" && one.of === of && one.rows === rows);
      if (known === undefined) found.push({ kind: "shift", of, rows, around: [] });
    }
    if (node.operation === "cumulative" && axisAttribute(node.attributes, "axis") === time) {
      found.push({ kind: "sum", of, rows: 1, around: [] });
    }
  }
  return found;
}
