import { elementWise, realOf } from "../element-wise.ts";

export const exp = elementWise({
  name: "exp",
  arity: 1,
  element: realOf("exp"),
  promote: "real",
  evaluate: (x = 0) => Math.exp(x),
  derivative: (node, gradient, build) => [build.apply("multiply", [gradient, node])],
});
