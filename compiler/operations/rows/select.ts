import { elementWise } from "../element-wise.ts";
import type { ShapeProblem } from "../row.ts";
import { commonNumber, problem } from "../shape.ts";
import type { Element, TensorType } from "../tensor.ts";

function elementOf([condition, ...branches]: readonly TensorType[]): Element | ShapeProblem {
  if (condition?.element !== "bool") {
    return problem("element", "select takes a truth value first");
  }
  if (branches.every((branch) => branch.element === "bool")) return "bool";
  return commonNumber(branches, "select");
}

/** The second where the first holds, else the third; values that are not chosen do not matter. */
export const select = elementWise({
  name: "select",
  arity: 3,
  element: elementOf,
  promote: "common",
  evaluate: (p = 0, a = 0, b = 0) => (p !== 0 ? a : b),
  derivative: (node, gradient, build) => {
    const [condition = node] = node.inputs;
    const zero = build.constant(0);
    return [
      undefined,
      build.apply("select", [condition, gradient, zero]),
      build.apply("select", [condition, zero, gradient]),
    ];
  },
});
