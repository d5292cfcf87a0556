import { elementWise, orderOf } from "../element-wise.ts";

export const lessEqual = elementWise({
  name: "less_equal",
  arity: 2,
  element: orderOf("less_equal"),
  promote: "common",
  evaluate: (a = 0, b = 0) => (a <= b ? 1 : 0),
});
