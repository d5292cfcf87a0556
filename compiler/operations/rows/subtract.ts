import { elementWise, numberOf } from "../element-wise.ts";

export const subtract = elementWise({
  name: "subtract",
  arity: 2,
  element: numberOf("subtract"),
  promote: "common",
  evaluate: (a = 0, b = 0) => a - b,
  derivative: (_, gradient, build) => [gradient, build.apply("negate", [gradient])],
});
