import { axisAttribute, booleanAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { entries, mustHave, problem } from "../shape.ts";

/** Running sum along an axis, the own entry included: {axis, reverse}. */
export const cumulative: Row = {
  name: "cumulative",
  family: "recurrence",
  arity: 1,
  shape: ([input], attributes) => {
    if (input === undefined || input.element === "bool") {
      return problem("element", "cumulative takes numbers");
    }
    const axis = axisAttribute(attributes, "axis");
    return mustHave(input, [axis], "cumulative along an axis that the operand lacks") ?? input;
  },
  derivative: (node, gradient, build) => [
    build.apply("cumulative", [gradient], {
      axis: axisAttribute(node.attributes, "axis"),
      reverse: !booleanAttribute(node.attributes, "reverse"),
    }),
  ],
  promote: "number",
  flops: (_, result) => entries(result.axes),
};
