import { axisAttribute, numberAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { mustHave, problem } from "../shape.ts";

/** y[t] = x[t − amount], and 0 where that is outside: {axis, amount}. */
export const shift: Row = {
  name: "shift",
  family: "view",
  arity: 1,
  shape: ([input], attributes) => {
    if (input === undefined) return problem("attribute", "shift takes one operand");
    const axis = axisAttribute(attributes, "axis");
    return mustHave(input, [axis], "shift along an axis that the operand lacks") ?? input;
  },
  derivative: (node, gradient, build) => [
    build.apply("shift", [gradient], {
      axis: axisAttribute(node.attributes, "axis"),
      amount: -numberAttribute(node.attributes, "amount"),
    }),
  ],
  flops: () => 0,
};
