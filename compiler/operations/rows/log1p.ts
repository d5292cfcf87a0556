import { elementWise, realOf } from "../element-wise.ts";

/** log(1 + x), accurate near 0. */
export const log1p = elementWise({
  name: "log1p",
  arity: 1,
  element: realOf("log1p"),
  promote: "real",
  evaluate: (x = 0) => Math.log1p(x),
  derivative: (node, gradient, build) => [
    build.apply("divide", [gradient, build.apply("add", [...node.inputs, build.constant(1)])]),
  ],
});
