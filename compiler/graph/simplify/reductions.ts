import { axesAttribute } from "../../operations/attributes.ts";
import type { Builder } from "../../operations/row.ts";
import { commonAxes, withoutAxes } from "../../operations/shape.ts";
import type { Attributes, Axis, Node } from "../../operations/tensor.ts";

/** Rules for reductions and contractions. */
export function simplifiedReduction(
  build: Builder,
  operation: string,
  inputs: readonly Node[],
  attributes: Attributes,
): Node | undefined {
  switch (operation) {
    case "sum":
      return simplifiedSum(build, inputs, axesAttribute(attributes, "over"));
    case "max":
    case "min":
      return simplifiedExtreme(build, operation, inputs, axesAttribute(attributes, "over"));
    case "log_sum_exp":
      return axesAttribute(attributes, "over").length === 0 ? inputs[0] : undefined;
    case "dot":
      return simplifiedDot(build, inputs, axesAttribute(attributes, "over"));
    default:
      return undefined;
  }
}

function simplifiedSum(
  build: Builder,
  [x]: readonly Node[],
  over: readonly Axis[],
): Node | undefined {
  if (x === undefined) return undefined;
  if (over.length === 0) return x;
  if (x.operation === "sum") {
    return build.apply("sum", x.inputs, {
      over: [...over, ...axesAttribute(x.attributes, "over")],
    });
  }
  if (x.operation !== "expand") return undefined;
  const repeated = commonAxes(axesAttribute(x.attributes, "axes"), over);
  if (repeated.length === 0) return undefined;
  const fewer = build.apply("expand", x.inputs, {
    axes: withoutAxes(axesAttribute(x.attributes, "axes"), repeated),
  });
  const rest = build.apply("sum", [fewer], { over: withoutAxes(over, repeated) });
  return timesSize(build, rest, repeated);
}

function simplifiedExtreme(
  build: Builder,
  operation: string,
  [x]: readonly Node[],
  over: readonly Axis[],
): Node | undefined {
  if (x === undefined) return undefined;
  if (over.length === 0) return x;
  if (x.operation !== operation) return undefined;
  return build.apply(operation, x.inputs, {
    over: [...over, ...axesAttribute(x.attributes, "over")],
  });
}

/** Contracted axes of one operand alone are summed first; the rest of a `dot` has them in both. */
function simplifiedDot(
  build: Builder,
  [a, b]: readonly Node[],
  over: readonly Axis[],
): Node | undefined {
  if (a === undefined || b === undefined) return undefined;
  const alone = over.filter((axis) => a.axes.includes(axis) !== b.axes.includes(axis));
  if (alone.length > 0) {
    const sum = (node: Node) => build.apply("sum", [node], { over: commonAxes(node.axes, alone) });
    const rest = withoutAxes(over, alone);
    return rest.length === 0
      ? build.apply("multiply", [sum(a), sum(b)])
      : build.apply("dot", [sum(a), sum(b)], { over: rest });
  }
  if (a.operation !== "expand" && b.operation !== "expand") return undefined;
  const bare = (node: Node) => (node.operation === "expand" ? (node.inputs[0] ?? node) : node);
  // Along an axis that neither has any longer all terms are equal.
  const [left, right] = [bare(a), bare(b)];
  const gone = over.filter((axis) => !left.axes.includes(axis) && !right.axes.includes(axis));
  const rest = withoutAxes(over, gone);
  const product =
    rest.length === 0
      ? build.apply("multiply", [left, right])
      : build.apply("dot", [left, right], { over: rest });
  return timesSize(build, product, gone);
}

/** Sizes stay leaves: that a number is the length of time must be seen when causality is proved. */
function timesSize(build: Builder, node: Node, axes: readonly Axis[]): Node {
  return axes.reduce(
    (product, axis) => build.apply("multiply", [product, build.apply("size", [], { axis })]),
    node,
  );
}
