import { InternalError, invariant } from "../../program/invariant.ts";
import { inputOf } from "../layout/attributes.ts";
import { hostScalar } from "../layout/host-scalar.ts";
import { axesAttribute } from "../operations/attributes.ts";
import { findRow } from "../operations/table.ts";
import type { Axis, Node } from "../operations/tensor.ts";

/** What the kernels' builder asks of a node; families, never single methods. */
export type NodeKind =
  | "leaf" // read where it is: inputs, arguments, items, tables, numbers, host scalars
  | "scalar" // element-wise
  | "view"
  | "reduce"
  | "contract"
  | "scatter"
  | "scan"
  | "store"
  | "repeat";

export function kindOf(node: Node): NodeKind {
  if (node.operation === "item" || hostScalar(node) !== undefined) return "leaf";
  const row = findRow(node.operation);
  invariant(row !== undefined, `no operation ${node.operation}`);
  switch (row.family) {
    case "leaf":
      return "leaf";
    case "element-wise":
      return "scalar";
    case "view":
    case "gather":
      return "view";
    case "reduce":
      return "reduce";
    case "contract":
      return "contract";
    case "scatter":
      if (node.operation === "store") return "store";
      return scatterOver(node).length === 0 ? "view" : "scatter";
    case "recurrence":
      return "scan";
    case "region":
      return "repeat";
    case "order":
      throw new InternalError(`${node.operation} has no kernel`);
  }
}

/** Axes of a scatter's ids that are summed. */
export function scatterOver(node: Node): readonly Axis[] {
  const keep = new Set(axesAttribute(node.attributes, "keep"));
  return inputOf(node, 1).axes.filter((axis) => !keep.has(axis));
}

/** Axes that a reduction or product goes over. */
export function overOf(node: Node): readonly Axis[] {
  return axesAttribute(node.attributes, "over");
}

/** Axes of the rows of a reduction: one accumulator for each combination of entries. */
export function rowAxesOf(node: Node): readonly Axis[] {
  const over = new Set(overOf(node));
  return node.axes.filter((axis) => !over.has(axis));
}

/** Views whose entries are at an index that is linear in their coordinates. */
export function isStridedView(node: Node): boolean {
  return ["rename", "expand", "part", "take", "split", "reverse"].includes(node.operation);
}

/** Views that leave the coordinates of their operand alone. */
export function keepsCoordinates(node: Node): boolean {
  return node.operation === "expand";
}

export function unionOf(left: readonly Axis[], right: readonly Axis[]): readonly Axis[] {
  return [...left, ...right.filter((axis) => !left.includes(axis))];
}
