import { axisAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { mustHave, problem } from "../shape.ts";

/** Entries from the last to the first: {axis}. */
export const reverse: Row = {
  name: "reverse",
  family: "view",
  arity: 1,
  shape: ([input], attributes) => {
    if (input === undefined) return problem("attribute", "reverse takes one operand");
    const axis = axisAttribute(attributes, "axis");
    return mustHave(input, [axis], "reverse along an axis that the operand lacks") ?? input;
  },
  derivative: (node, gradient, build) => [
    build.apply("reverse", [gradient], { axis: axisAttribute(node.attributes, "axis") }),
  ],
  flops: () => 0,
};
