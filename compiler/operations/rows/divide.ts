import { elementWise, realOf } from "../element-wise.ts";

export const divide = elementWise({
  name: "divide",
  arity: 2,
  element: realOf("divide"),
  promote: "real",
  evaluate: (a = 0, b = 0) => a / b,
  derivative: (node, gradient, build) => {
    const [, b = node] = node.inputs;
    const first = build.apply("divide", [gradient, b]);
    return [first, build.apply("negate", [build.apply("multiply", [first, node])])];
  },
});
