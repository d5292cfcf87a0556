import { elementWise, orderOf } from "../element-wise.ts";

export const equal = elementWise({
  name: "equal",
  arity: 2,
  element: (inputs) =>
    inputs.every((input) => input.element === "bool") ? "bool" : orderOf("equal")(inputs),
  promote: "common",
  evaluate: (a = 0, b = 0) => (a === b ? 1 : 0),
});
