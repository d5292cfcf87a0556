import { axisAttribute, regionAttribute } from "../../operations/attributes.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import { reachable } from "../walk.ts";

/**
 * Something that a decoder remembers of a node of the function: all or the last rows of what is
 * renamed to a copy of time, the last rows of what is shifted, the running sum so far.
 */
export interface Request {
  readonly kind: "kept" | "last" | "sum";
  /** The operand of the rename, shift or running sum. */
  readonly of: Node;
  /** Rows that are remembered: as many as fit where kept, the reach back, 1 for a sum. */
  readonly rows: number;
  /** Axes of the repeats around it, from the outermost in. */
  readonly around: readonly Axis[];
}

/** What a node remembers of its operand, if it looks along time. */
export function requestOf(
  node: Node,
  time: Axis,
  rowsOf: (copy: Axis) => Pick<Request, "kind" | "rows">,
): Request | undefined {
  const [of] = node.inputs;
  if (of === undefined) return undefined;
  switch (node.operation) {
    case "rename": {
      if (axisAttribute(node.attributes, "from") !== time) return undefined;
      return { ...rowsOf(axisAttribute(node.attributes, "to")), of, around: [] };
    }
    case "shift": {
      if (axisAttribute(node.attributes, "axis") !== time) return undefined;
      return { kind: "last", of, rows: Number(node.attributes["amount"]), around: [] };
    }
    case "cumulative":
      if (axisAttribute(node.attributes, "axis") !== time) return undefined;
      return { kind: "sum", of, rows: 1, around: [] };
    default:
      return undefined;
  }
}

export function sameRequest(left: Request, right: Request): boolean {
  return left.kind === right.kind && left.of === right.of && left.rows === right.rows;
}

/** All requests of a function, in the order of its nodes, those of bodies in the place of the body. */
export function requestsOf(
  roots: readonly Node[],
  time: Axis,
  rowsOf: (copy: Axis) => Pick<Request, "kind" | "rows">,
): readonly Request[] {
  const found: Request[] = [];
  for (const node of reachable(roots)) {
    if (node.operation === "repeat") {
      const { axis, results } = regionAttribute(node.attributes);
      for (const inner of requestsOf(results, time, rowsOf)) {
        found.push({ ...inner, around: [axis, ...inner.around] });
      }
    }
    const own = requestOf(node, time, rowsOf);
    const known = own !== undefined && found.some((other) => sameRequest(own, other));
    if (own !== undefined && !known) found.push(own);
  }
  return found;
}
