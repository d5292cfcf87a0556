import { entries } from "../operations/shape.ts";
import { findRow } from "../operations/table.ts";
import type { Node } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { evaluate } from "./interpret/evaluate.ts";
import { rebuild } from "./rebuild.ts";
import { reachable } from "./walk.ts";

/** Above this many entries a constant is worth less than the memory that it takes. */
const largestTable = 1 << 20;

/**
 * The same roots with what depends on constants alone computed in f64 (rotary frequencies), except
 * for arithmetic of places and comparisons, which cost less than reading their results.
 */
export function fold(builder: GraphBuilder, roots: readonly Node[]): readonly Node[] {
  const nodes = reachable(roots);
  const constant = new Set<Node>();
  const worthwhile = new Set<Node>();
  for (const node of nodes) {
    const known =
      isConstantLeaf(node) || (canFold(node) && node.inputs.every((input) => constant.has(input)));
    if (!known) continue;
    constant.add(node);
    if (needsPrecision(node) || node.inputs.some((input) => worthwhile.has(input))) {
      worthwhile.add(node);
    }
  }
  const frontier = new Set<Node>(roots.filter((root) => constant.has(root)));
  for (const node of nodes) {
    if (constant.has(node)) continue;
    for (const input of node.inputs) if (constant.has(input)) frontier.add(input);
  }
  const folded = [...frontier].filter(
    (node) =>
      worthwhile.has(node) && node.operation !== "table" && entries(node.axes) <= largestTable,
  );
  const values = evaluate(folded, new Map(), { precision: "f64", watch: undefined });
  const replacements = new Map<Node, Node>();
  for (const [place, node] of folded.entries()) {
    const table = Float64Array.from(values[place] ?? []);
    replacements.set(
      node,
      builder.withOrigins(builder.originsOf(node), () =>
        builder.table(table, node.axes, node.element),
      ),
    );
  }
  return rebuild(builder, roots, replacements);
}

function isConstantLeaf(node: Node): boolean {
  return node.operation === "constant" || node.operation === "table" || node.operation === "index";
}

function canFold(node: Node): boolean {
  return node.operation !== "repeat" && node.operation !== "item" && node.inputs.length > 0;
}

const exact: ReadonlySet<string> = new Set([
  "negate",
  "add",
  "subtract",
  "multiply",
  "minimum",
  "maximum",
  "abs",
  "sign",
  "floor",
  "to_real",
  "to_int",
  "stop_gradient",
  "select",
]);

/** Functions that devices compute inexactly, and work that need not be repeated at each step. */
function needsPrecision(node: Node): boolean {
  const family = findRow(node.operation)?.family;
  if (family === "view" || family === "leaf") return false;
  return family !== "element-wise" || (node.element === "real" && !exact.has(node.operation));
}
