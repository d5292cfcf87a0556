import { elementWise, realOf } from "../element-wise.ts";

export const log = elementWise({
  name: "log",
  arity: 1,
  element: realOf("log"),
  promote: "real",
  evaluate: (x = 0) => Math.log(x),
  derivative: (node, gradient, build) => [build.apply("divide", [gradient, ...node.inputs])],
});
