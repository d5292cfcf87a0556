import { isAxes, isAxis } from "../operations/attributes.ts";
import { findRow } from "../operations/table.ts";
import type { Axis, Node } from "../operations/tensor.ts";
import { reachable } from "./walk.ts";

export interface ConstantQuestion {
  readonly roots: readonly Node[];
  /** Inputs that change from step to step: what is trained, what is sampled, host scalars. */
  readonly varying: readonly Node[];
  /** Inputs that belong to the rows of the data: equal whenever the row comes up again. */
  readonly rows: readonly Node[];
  readonly batch: Axis;
}

/** Largest parts of a step that need not be computed at every step. */
export interface ConstantParts {
  /** Equal throughout a run. */
  readonly perRun: readonly Node[];
  /** Equal for a row (a reference's log-probabilities): a column to be computed once. */
  readonly perRow: readonly Node[];
}

type Constancy = "run" | "row" | "varying";

/** Finds the constant parts that hold a reduction or a product: less is cheaper to compute again. */
export function constantParts(question: ConstantQuestion): ConstantParts {
  const nodes = reachable(question.roots);
  const constancy = new Map<Node, Constancy>();
  const costly = new Set<Node>();
  for (const node of nodes) {
    const own = constancyOf(node, question, constancy);
    constancy.set(node, own);
    const family = findRow(node.operation)?.family;
    const work = family === "reduce" || family === "contract" || family === "region";
    if (work || node.inputs.some((input) => costly.has(input))) costly.add(node);
  }
  const frontier = new Set<Node>(question.roots);
  for (const node of nodes) {
    for (const input of node.inputs) {
      if (constancy.get(input) !== constancy.get(node)) frontier.add(input);
    }
  }
  const found = [...frontier]
    .filter((node) => costly.has(node) && node.tuple === undefined)
    .sort((a, b) => a.id - b.id);
  return {
    perRun: found.filter((node) => constancy.get(node) === "run"),
    perRow: found.filter((node) => constancy.get(node) === "row"),
  };
}

function constancyOf(
  node: Node,
  { varying, rows, batch }: ConstantQuestion,
  known: ReadonlyMap<Node, Constancy>,
): Constancy {
  if (varying.includes(node) || node.operation === "random") return "varying";
  if (rows.includes(node)) return "row";
  const operands = node.inputs.map((input) => known.get(input));
  if (operands.includes("varying")) return "varying";
  if (!operands.includes("row")) return "run";
  return looksAlong(node, batch) ? "varying" : "row";
}

/** Whether the operation takes entries of several rows together. */
function looksAlong(node: Node, batch: Axis): boolean {
  const family = findRow(node.operation)?.family;
  if (family === "element-wise" || node.operation === "expand") return false;
  if (node.inputs.some((input) => input.axes.includes(batch)) && !node.axes.includes(batch)) {
    return node.tuple === undefined && node.operation !== "item";
  }
  return Object.values(node.attributes).some((value) => {
    if (typeof value !== "object" || value instanceof Float64Array) return false;
    if (isAxes(value)) return value.includes(batch) && node.operation !== "scatter_add";
    return isAxis(value) && value === batch;
  });
}
