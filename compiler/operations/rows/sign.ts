import { elementWise, numberOf } from "../element-wise.ts";

export const sign = elementWise({
  name: "sign",
  arity: 1,
  element: numberOf("sign"),
  evaluate: (x = 0) => Math.sign(x),
});
