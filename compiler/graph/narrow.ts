import { axesAttribute, axisAttribute } from "../operations/attributes.ts";
import { commonAxes, entries } from "../operations/shape.ts";
import { findRow } from "../operations/table.ts";
import type { Axis, Node } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { rebuild } from "./rebuild.ts";
import { reachable } from "./walk.ts";

/**
 * The same roots with gathers moved towards the leaves where that leaves less to compute: a decoder
 * that reads the logits of one position multiplies that position alone with the vocabulary.
 */
export function narrow(builder: GraphBuilder, roots: readonly Node[]): readonly Node[] {
  const nodes = reachable(roots);
  const users = new Map<Node, number>();
  const count = (node: Node) => users.set(node, (users.get(node) ?? 0) + 1);
  for (const root of roots) count(root);
  for (const node of nodes) for (const input of new Set(node.inputs)) count(input);
  const replacements = new Map<Node, Node>();
  for (const node of nodes) {
    const [x, ids] = node.inputs;
    if (node.operation !== "gather" || x === undefined || ids === undefined) continue;
    const axis = axisAttribute(node.attributes, "axis");
    if (entries(node.axes) >= entries(x.axes) || ids.axes.includes(axis)) continue;
    const made = builder.withOrigins(builder.originsOf(node), () =>
      gathered(builder, x, ids, axis, (inner) => (users.get(inner) ?? 0) <= 1),
    );
    if (made !== node) replacements.set(node, made);
  }
  return replacements.size === 0 ? roots : rebuild(builder, roots, replacements);
}

/** Rows of `x` by `ids`, made of rows of its operands if nothing else needs `x`. */
function gathered(
  builder: GraphBuilder,
  x: Node,
  ids: Node,
  axis: Axis,
  alone: (node: Node) => boolean,
): Node {
  if (!alone(x) || !passes(x, ids, axis)) return builder.apply("gather", [x, ids], { axis });
  const operands = x.inputs.map((input) =>
    input.axes.includes(axis) ? gathered(builder, input, ids, axis, alone) : input,
  );
  return builder.withOrigins(builder.originsOf(x), () =>
    builder.apply(x.operation, operands, x.attributes),
  );
}

/** Whether the operation treats entries along the axis, and those of the ids, one by one. */
function passes(x: Node, ids: Node, axis: Axis): boolean {
  switch (findRow(x.operation)?.family) {
    case "element-wise":
      return true;
    case "reduce":
    case "contract": {
      const over = axesAttribute(x.attributes, "over");
      return !over.includes(axis) && commonAxes(ids.axes, over).length === 0;
    }
    default:
      return false;
  }
}
