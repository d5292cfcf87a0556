import { elementWise, numberOf } from "../element-wise.ts";

export const abs = elementWise({
  name: "abs",
  arity: 1,
  element: numberOf("abs"),
  evaluate: (x = 0) => Math.abs(x),
  derivative: (node, gradient, build) => [
    build.apply("multiply", [gradient, build.apply("sign", node.inputs)]),
  ],
});
