import { elementWise, numberOf } from "../element-wise.ts";

/** Where both are equal the gradient goes to the first. */
export const minimum = elementWise({
  name: "minimum",
  arity: 2,
  element: numberOf("minimum"),
  promote: "common",
  evaluate: (a = 0, b = 0) => Math.min(a, b),
  derivative: (node, gradient, build) => {
    const [a = node, b = node] = node.inputs;
    const first = build.apply("less_equal", [a, b]);
    const zero = build.constant(0);
    return [
      build.apply("select", [first, gradient, zero]),
      build.apply("select", [first, zero, gradient]),
    ];
  },
});
