import { elementWise } from "../element-wise.ts";

export const toReal = elementWise({
  name: "to_real",
  arity: 1,
  element: () => "real",
  evaluate: (x = 0) => x,
});
