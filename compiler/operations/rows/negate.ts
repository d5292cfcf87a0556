import { elementWise, numberOf } from "../element-wise.ts";

export const negate = elementWise({
  name: "negate",
  arity: 1,
  element: numberOf("negate"),
  evaluate: (x = 0) => -x,
  derivative: (_, gradient, build) => [build.apply("negate", [gradient])],
});
