import { elementWise, realOf } from "../element-wise.ts";

export const sqrt = elementWise({
  name: "sqrt",
  arity: 1,
  element: realOf("sqrt"),
  promote: "real",
  evaluate: (x = 0) => Math.sqrt(x),
  derivative: (node, gradient, build) => [
    build.apply("divide", [build.apply("multiply", [gradient, build.constant(0.5)]), node]),
  ],
});
