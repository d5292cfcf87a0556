import { elementWise, truthOf } from "../element-wise.ts";

export const and = elementWise({
  name: "and",
  arity: 2,
  element: truthOf("and"),
  evaluate: (a = 0, b = 0) => (a !== 0 && b !== 0 ? 1 : 0),
});
