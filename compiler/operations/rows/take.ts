import { axisAttribute, numberAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { mustHave, problem, tensor, withoutAxes } from "../shape.ts";

/** One entry of an axis, which goes: {axis, at}. */
export const take: Row = {
  name: "take",
  family: "view",
  arity: 1,
  shape: ([input], attributes) => {
    const axis = axisAttribute(attributes, "axis");
    const at = numberAttribute(attributes, "at");
    if (input === undefined) return problem("attribute", "take takes one operand");
    const wrong = mustHave(input, [axis], "take from an axis that the operand lacks");
    if (wrong !== undefined) return wrong;
    if (at < 0 || at >= axis.size) return problem("size-mismatch", "take past the end", [axis]);
    return tensor(withoutAxes(input.axes, [axis]), input.element);
  },
  derivative: (node, gradient, build) => {
    const axis = axisAttribute(node.attributes, "axis");
    const at = build.constant(numberAttribute(node.attributes, "at"), "int");
    const there = build.apply("equal", [build.apply("index", [], { axis }), at]);
    return [build.apply("select", [there, gradient, build.constant(0)])];
  },
  flops: () => 0,
};
