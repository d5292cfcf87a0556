import { elementWise, numberOf } from "../element-wise.ts";

export const floor = elementWise({
  name: "floor",
  arity: 1,
  element: numberOf("floor"),
  evaluate: (x = 0) => Math.floor(x),
});
