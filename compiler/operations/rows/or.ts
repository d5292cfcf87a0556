import { elementWise, truthOf } from "../element-wise.ts";

export const or = elementWise({
  name: "or",
  arity: 2,
  element: truthOf("or"),
  evaluate: (a = 0, b = 0) => (a !== 0 || b !== 0 ? 1 : 0),
});
