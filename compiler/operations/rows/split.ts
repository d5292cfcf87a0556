import { axesAttribute, axisAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import {
  entries,
  mustHave,
  mustNotHave,
  problem,
  sizesDiffer,
  sortedAxes,
  tensor,
  withoutAxes,
} from "../shape.ts";

/** One axis as several, the last runs fastest: {axis, into}. */
export const split: Row = {
  name: "split",
  family: "view",
  arity: 1,
  shape: ([input], attributes) => {
    const axis = axisAttribute(attributes, "axis");
    const into = axesAttribute(attributes, "into");
    if (input === undefined) return problem("attribute", "split takes one operand");
    const rest = tensor(withoutAxes(input.axes, [axis]), input.element);
    const wrong =
      mustHave(input, [axis], "split of an axis that the operand lacks") ??
      mustNotHave(rest, into, "split into an axis that the operand has");
    if (wrong !== undefined) return wrong;
    if (sizesDiffer(axis.size, entries(into))) {
      return problem("size-mismatch", "split into sizes with another product", [axis, ...into]);
    }
    return tensor(sortedAxes([...rest.axes, ...into]), input.element);
  },
  derivative: (node, gradient, build) => [
    build.apply("merge", [gradient], {
      axes: axesAttribute(node.attributes, "into"),
      into: axisAttribute(node.attributes, "axis"),
    }),
  ],
  flops: () => 0,
};
