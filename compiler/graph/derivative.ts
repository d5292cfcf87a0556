import { invariant } from "../../program/invariant.ts";
import { numberAttribute } from "../operations/attributes.ts";
import { withoutAxes } from "../operations/shape.ts";
import { findRow } from "../operations/table.ts";
import type { Node } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { type DerivativeOptions, differentiateRepeat } from "./repeat-derivative.ts";
import { dependents, reachable } from "./walk.ts";

/**
 * Gradients of a number (a real node without axes) by each of `wrt`, with the axes of each. A `repeat`
 * is run again with more results; `optimise` makes one of both.
 */
export function differentiate(
  builder: GraphBuilder,
  scalar: Node,
  wrt: readonly Node[],
  options: DerivativeOptions = {},
): readonly Node[] {
  invariant(
    scalar.axes.length === 0 && scalar.element === "real",
    "a gradient is that of a number",
  );
  const gradients = pullBack(builder, [scalar], [builder.constant(1)], wrt, options);
  return wrt.map(
    (node, place) => gradients[place] ?? builder.expanded(builder.constant(0), node.axes),
  );
}

/**
 * Gradients by `wrt` of Σ result · gradient, where a result's gradient is given; `undefined` where
 * nothing flows.
 */
export function pullBack(
  builder: GraphBuilder,
  results: readonly Node[],
  given: readonly (Node | undefined)[],
  wrt: readonly Node[],
  options: DerivativeOptions = {},
): readonly (Node | undefined)[] {
  const nodes = reachable(results);
  const active = dependents(nodes, new Set(wrt));
  const gradients = new Map<Node, Node>();
  const tuples = new Map<Node, (Node | undefined)[]>();

  const add = (node: Node, gradient: Node | undefined) => {
    if (gradient === undefined || !active.has(node) || node.element !== "real") return;
    const fitted = withAxesOf(builder, gradient, node);
    const before = gradients.get(node);
    gradients.set(node, before === undefined ? fitted : builder.apply("add", [before, fitted]));
  };

  for (const [place, result] of results.entries()) add(result, given[place]);
  for (const node of [...nodes].reverse()) {
    if (!node.inputs.some((input) => active.has(input))) continue;
    builder.withOrigins(builder.originsOf(node), () => {
      if (node.operation === "repeat") {
        const items = tuples.get(node);
        if (items === undefined) return;
        const flows = differentiateRepeat(builder, node, items, active, options, pullBack);
        for (const [place, input] of node.inputs.entries()) add(input, flows[place]);
        return;
      }
      const gradient = gradients.get(node);
      if (gradient === undefined) return;
      if (node.operation === "item") {
        const [tuple = node] = node.inputs;
        const items = tuples.get(tuple) ?? [];
        items[numberAttribute(node.attributes, "index")] = gradient;
        tuples.set(tuple, items);
        return;
      }
      const flows = findRow(node.operation)?.derivative?.(node, gradient, builder) ?? [];
      for (const [place, input] of node.inputs.entries()) add(input, flows[place]);
    });
  }
  return wrt.map((node) => gradients.get(node));
}

/** The gradient with exactly the axes of its node: what was broadcast is summed. */
function withAxesOf(builder: GraphBuilder, gradient: Node, node: Node): Node {
  const over = withoutAxes(gradient.axes, node.axes);
  return builder.expanded(builder.apply("sum", [gradient], { over }), node.axes);
}
