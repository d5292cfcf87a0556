import { axisAttribute, numberAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { mustHave, mustNotHave, problem, sortedAxes, tensor, withoutAxes } from "../shape.ts";

/** `into.size` entries of an axis from `start` on: {axis, into, start}. */
export const part: Row = {
  name: "part",
  family: "view",
  arity: 1,
  shape: ([input], attributes) => {
    const axis = axisAttribute(attributes, "axis");
    const into = axisAttribute(attributes, "into");
    const start = numberAttribute(attributes, "start");
    if (input === undefined) return problem("attribute", "part takes one operand");
    const rest = tensor(withoutAxes(input.axes, [axis]), input.element);
    const wrong =
      mustHave(input, [axis], "part of an axis that the operand lacks") ??
      mustNotHave(rest, [into], "part into an axis that the operand has");
    if (wrong !== undefined) return wrong;
    if (start < 0 || start + into.size > axis.size) {
      return problem("size-mismatch", "part reaches past the end", [axis, into]);
    }
    return tensor(sortedAxes([...rest.axes, into]), input.element);
  },
  derivative: (node, gradient, build) => {
    const axis = axisAttribute(node.attributes, "axis");
    const into = axisAttribute(node.attributes, "into");
    const start = numberAttribute(node.attributes, "start");
    const zeros = (size: number, name: string) => {
      if (size === 0) return [];
      const gap = build.axis(name, size);
      const rest = gradient.axes.filter((other) => other !== into);
      const tensor = build.apply("expand", [build.constant(0)], { axes: [...rest, gap] });
      return [{ axis: gap, tensor }];
    };
    const pieces = [
      ...zeros(start, "before"),
      { axis: into, tensor: gradient },
      ...zeros(axis.size - start - into.size, "after"),
    ];
    return [
      build.apply(
        "join",
        pieces.map((piece) => piece.tensor),
        { axes: pieces.map((piece) => piece.axis), into: axis },
      ),
    ];
  },
  flops: () => 0,
};
