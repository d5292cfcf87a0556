import { elementWise, realOf } from "../element-wise.ts";

export const sigmoid = elementWise({
  name: "sigmoid",
  arity: 1,
  element: realOf("sigmoid"),
  promote: "real",
  evaluate: (x = 0) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  derivative: (node, gradient, build) => {
    const rest = build.apply("subtract", [build.constant(1), node]);
    return [build.apply("multiply", [gradient, build.apply("multiply", [node, rest])])];
  },
});
