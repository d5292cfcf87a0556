import { axesAttribute, axisAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import {
  mustHave,
  mustNotHave,
  problem,
  sameAxes,
  sizesDiffer,
  sortedAxes,
  tensor,
  withoutAxes,
} from "../shape.ts";

/** Operands one after another; `axes` has the joined axis of each: {axes, into}. */
export const join: Row = {
  name: "join",
  family: "view",
  arity: undefined,
  shape: (inputs, attributes) => {
    const axes = axesAttribute(attributes, "axes");
    const into = axisAttribute(attributes, "into");
    const [first] = inputs;
    if (first === undefined || axes.length !== inputs.length) {
      return problem("attribute", "join takes an axis for each operand");
    }
    const rests = inputs.map((input, place) =>
      withoutAxes(input.axes, axes.slice(place, place + 1)),
    );
    const [rest = []] = rests;
    for (const [place, input] of inputs.entries()) {
      const missing = mustHave(
        input,
        axes.slice(place, place + 1),
        "join along an axis that is lacking",
      );
      if (missing !== undefined) return missing;
      if (!sameAxes(rests[place] ?? [], rest)) {
        return problem("not-contained", "join of operands with different axes", input.axes);
      }
      if (input.element !== first.element) {
        return problem("element", "join of operands with different elements");
      }
    }
    const twice = mustNotHave(
      tensor(rest, "real"),
      [into],
      "join into an axis that the operands have",
    );
    if (twice !== undefined) return twice;
    const size = axes.reduce((total, axis) => total + axis.size, 0);
    if (sizesDiffer(size, into.size)) {
      return problem("size-mismatch", "join of sizes that do not add up", [...axes, into]);
    }
    return tensor(sortedAxes([...rest, into]), first.element);
  },
  derivative: (node, gradient, build) => {
    const into = axisAttribute(node.attributes, "into");
    let start = 0;
    return axesAttribute(node.attributes, "axes").map((axis) => {
      const piece = build.apply("part", [gradient], { axis: into, into: axis, start });
      start += axis.size;
      return piece;
    });
  },
  flops: () => 0,
};
