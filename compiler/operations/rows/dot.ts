import { axesAttribute } from "../attributes.ts";
import type { Builder, Row } from "../row.ts";
import {
  commonNumber,
  entries,
  mustHave,
  problem,
  tensor,
  unionAxes,
  withoutAxes,
} from "../shape.ts";
import type { Node } from "../tensor.ts";

/** Σ over `over` of a · b; axes of both that are not contracted are kept once: {over}. */
export const dot: Row = {
  name: "dot",
  family: "contract",
  arity: 2,
  shape: (inputs, attributes) => {
    const over = axesAttribute(attributes, "over");
    const element = commonNumber(inputs, "dot");
    if (typeof element !== "string") return element;
    const all = tensor(unionAxes(...inputs.map((input) => input.axes)), "real");
    const missing = mustHave(all, over, "dot over an axis that neither operand has");
    if (missing !== undefined) return missing;
    if (over.length === 0) return problem("attribute", "dot needs an axis to contract");
    return tensor(withoutAxes(all.axes, over), "real");
  },
  derivative: (node, gradient, build) => {
    const [a = node, b = node] = node.inputs;
    return [contracted(build, gradient, b, a), contracted(build, gradient, a, b)];
  },
  promote: "real",
  flops: (inputs) => 2 * entries(unionAxes(...inputs.map((input) => input.axes))),
};

/** The gradient of `of`: everything that it does not have is summed. */
function contracted(build: Builder, gradient: Node, other: Node, of: Node): Node {
  const over = withoutAxes(unionAxes(gradient.axes, other.axes), of.axes);
  return over.length === 0
    ? build.apply("multiply", [gradient, other])
    : build.apply("dot", [gradient, other], { over });
}
