import { elementWise, realOf } from "../element-wise.ts";

export const cos = elementWise({
  name: "cos",
  arity: 1,
  element: realOf("cos"),
  promote: "real",
  evaluate: (x = 0) => Math.cos(x),
  derivative: (node, gradient, build) => [
    build.apply("negate", [build.apply("multiply", [gradient, build.apply("sin", node.inputs)])]),
  ],
});
