import { elementWise, realOf } from "../element-wise.ts";

/** log(1 / (1 + exp(−x))), without overflow on either side. */
export const logSigmoid = elementWise({
  name: "log_sigmoid",
  arity: 1,
  element: realOf("log_sigmoid"),
  promote: "real",
  evaluate: (x = 0) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))),
  derivative: (node, gradient, build) => [
    build.apply("multiply", [
      gradient,
      build.apply("sigmoid", [build.apply("negate", node.inputs)]),
    ]),
  ],
});
