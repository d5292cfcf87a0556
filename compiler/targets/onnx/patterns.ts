import { reachable } from "../../graph/walk.ts";
import { inputOf, numberOf } from "../../layout/attributes.ts";
import type { Node } from "../../operations/tensor.ts";

/** Forms of the graph that are written as one node of ONNX. */

/** How many times a node is read by other nodes, or is a root. */
export function readers(roots: readonly Node[]): ReadonlyMap<Node, number> {
  const counts = new Map<Node, number>();
  const add = (node: Node) => counts.set(node, (counts.get(node) ?? 0) + 1);
  for (const root of roots) add(root);
  for (const node of reachable(roots)) for (const input of node.inputs) add(input);
  return counts;
}

/** A node as another one times a number that is known when compiling. */
export function unscaled(node: Node): readonly [Node, number] {
  const [left, right] = node.inputs;
  if (left === undefined || right === undefined || node.element !== "real") return [node, 1];
  const number = right.operation === "constant" ? numberOf(right, "value") : undefined;
  if (number === undefined || number === 0 || !Number.isFinite(number)) return [node, 1];
  if (node.operation !== "multiply" && node.operation !== "divide") return [node, 1];
  if (left.element !== "real") return [node, 1];
  const [inner, scale] = unscaled(left);
  return [inner, node.operation === "multiply" ? scale * number : scale / number];
}

/** `select(index(axis) == ids, value, 0)` with ids and value that lack the axis. */
export function oneHotOf(node: Node) {
  const [condition, value] = node.inputs;
  if (!hidesWithZero(node) || condition?.operation !== "equal" || value === undefined) {
    return undefined;
  }
  const [left, right] = [inputOf(condition, 0), inputOf(condition, 1)];
  const [places, ids] = left.operation === "index" ? [left, right] : [right, left];
  const [axis] = places.axes;
  if (places.operation !== "index" || axis === undefined || ids.element !== "int") return undefined;
  return ids.axes.includes(axis) || value.axes.includes(axis) ? undefined : { axis, ids, value };
}

/** `select(mask, x, 0)`. */
export function hidesWithZero(node: Node): boolean {
  const other = node.inputs[2];
  return (
    node.operation === "select" && other?.operation === "constant" && numberOf(other, "value") === 0
  );
}
