import { elementWise, truthOf } from "../element-wise.ts";

export const not = elementWise({
  name: "not",
  arity: 1,
  element: truthOf("not"),
  evaluate: (x = 0) => (x === 0 ? 1 : 0),
});
