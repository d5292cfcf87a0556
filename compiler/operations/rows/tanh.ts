import { elementWise, realOf } from "../element-wise.ts";

export const tanh = elementWise({
  name: "tanh",
  arity: 1,
  element: realOf("tanh"),
  promote: "real",
  evaluate: (x = 0) => Math.tanh(x),
  derivative: (node, gradient, build) => {
    const square = build.apply("multiply", [node, node]);
    return [
      build.apply("multiply", [gradient, build.apply("subtract", [build.constant(1), square])]),
    ];
  },
});
