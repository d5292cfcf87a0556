import { elementWise, realOf } from "../element-wise.ts";

export const sin = elementWise({
  name: "sin",
  arity: 1,
  element: realOf("sin"),
  promote: "real",
  evaluate: (x = 0) => Math.sin(x),
  derivative: (node, gradient, build) => [
    build.apply("multiply", [gradient, build.apply("cos", node.inputs)]),
  ],
});
