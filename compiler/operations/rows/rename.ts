import { axisAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import {
  mustHave,
  mustNotHave,
  problem,
  sizesDiffer,
  sortedAxes,
  tensor,
  withoutAxes,
} from "../shape.ts";

/** The same entries along another axis of equal size: {from, to}. */
export const rename: Row = {
  name: "rename",
  family: "view",
  arity: 1,
  shape: ([input], attributes) => {
    const from = axisAttribute(attributes, "from");
    const to = axisAttribute(attributes, "to");
    if (input === undefined) return problem("attribute", "rename takes one operand");
    const rest = tensor(withoutAxes(input.axes, [from]), input.element);
    const wrong =
      mustHave(input, [from], "rename of an axis that the operand lacks") ??
      mustNotHave(rest, [to], "rename to an axis that the operand has");
    if (wrong !== undefined) return wrong;
    if (sizesDiffer(from.size, to.size)) {
      return problem("size-mismatch", "rename to an axis of another size", [from, to]);
    }
    return tensor(sortedAxes([...rest.axes, to]), input.element);
  },
  derivative: (node, gradient, build) => [
    build.apply("rename", [gradient], {
      from: axisAttribute(node.attributes, "to"),
      to: axisAttribute(node.attributes, "from"),
    }),
  ],
  flops: () => 0,
};
