import { elementWise } from "../element-wise.ts";

/** Towards zero; truth values become 0 and 1. */
export const toInt = elementWise({
  name: "to_int",
  arity: 1,
  element: () => "int",
  evaluate: (x = 0) => Math.trunc(x),
});
