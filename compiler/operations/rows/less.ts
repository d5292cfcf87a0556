import { elementWise, orderOf } from "../element-wise.ts";

export const less = elementWise({
  name: "less",
  arity: 2,
  element: orderOf("less"),
  promote: "common",
  evaluate: (a = 0, b = 0) => (a < b ? 1 : 0),
});
