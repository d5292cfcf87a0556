import { elementWise } from "../element-wise.ts";

/** The value, through which no gradient flows. */
export const stopGradient = elementWise({
  name: "stop_gradient",
  arity: 1,
  element: ([input]) => input?.element ?? "real",
  evaluate: (x = 0) => x,
  scalar: { kind: "operand", index: 0 },
});
