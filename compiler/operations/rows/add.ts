import { elementWise, numberOf } from "../element-wise.ts";

export const add = elementWise({
  name: "add",
  arity: 2,
  element: numberOf("add"),
  promote: "common",
  evaluate: (a = 0, b = 0) => a + b,
  derivative: (_, gradient) => [gradient, gradient],
});
