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

/** Several axes as one, the last runs fastest: {axes, into}. */
export const merge: Row = {
  name: "merge",
  family: "view",
  arity: 1,
  shape: ([input], attributes) => {
    const axes = axesAttribute(attributes, "axes");
    const into = axisAttribute(attributes, "into");
    if (input === undefined) return problem("attribute", "merge takes one operand");
    const rest = tensor(withoutAxes(input.axes, axes), input.element);
    const wrong =
      mustHave(input, axes, "merge of an axis that the operand lacks") ??
      mustNotHave(rest, [into], "merge into an axis that the operand has");
    if (wrong !== undefined) return wrong;
    if (sizesDiffer(into.size, entries(axes))) {
      return problem("size-mismatch", "merge into a size that is not the product", [...axes, into]);
    }
    return tensor(sortedAxes([...rest.axes, into]), input.element);
  },
  derivative: (node, gradient, build) => [
    build.apply("split", [gradient], {
      axis: axisAttribute(node.attributes, "into"),
      into: axesAttribute(node.attributes, "axes"),
    }),
  ],
  flops: () => 0,
};
