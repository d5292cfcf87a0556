import { elementWise, realOf } from "../element-wise.ts";

/** exp(x) − 1, accurate near 0. */
export const expm1 = elementWise({
  name: "expm1",
  arity: 1,
  element: realOf("expm1"),
  promote: "real",
  evaluate: (x = 0) => Math.expm1(x),
  derivative: (node, gradient, build) => [
    build.apply("multiply", [gradient, build.apply("exp", node.inputs)]),
  ],
});
