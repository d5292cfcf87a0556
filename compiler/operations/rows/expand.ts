import { axesAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { mustNotHave, problem, sortedAxes, tensor } from "../shape.ts";

/** The same entry all along new axes: {axes}. */
export const expand: Row = {
  name: "expand",
  family: "view",
  arity: 1,
  shape: ([input], attributes) => {
    const axes = axesAttribute(attributes, "axes");
    if (input === undefined) return problem("attribute", "expand takes one operand");
    const wrong = mustNotHave(input, axes, "expand along an axis that the operand has");
    if (wrong !== undefined) return wrong;
    return tensor(sortedAxes([...input.axes, ...axes]), input.element);
  },
  derivative: (_, gradient) => [gradient],
  flops: () => 0,
};
