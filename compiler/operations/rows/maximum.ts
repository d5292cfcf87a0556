import { elementWise, numberOf } from "../element-wise.ts";

/** Where both are equal the gradient goes to the first. */
export const maximum = elementWise({
  name: "maximum",
  arity: 2,
  element: numberOf("maximum"),
  promote: "common",
  evaluate: (a = 0, b = 0) => Math.max(a, b),
  derivative: (node, gradient, build) => {
    const [a = node, b = node] = node.inputs;
    const first = build.apply("less_equal", [b, a]);
    const zero = build.constant(0);
    return [
      build.apply("select", [first, gradient, zero]),
      build.apply("select", [first, zero, gradient]),
    ];
  },
});
