import { axesAttribute, axisAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import {
  entries,
  mustHave,
  mustNotHave,
  problem,
  sortedAxes,
  tensor,
  withoutAxes,
} from "../shape.ts";

/**
 * The derivative of gather: inputs (values, ids), {axis, keep}. Entry k of `axis` is the sum of the
 * values whose id is k, over the axes of ids that are not kept; axes in `keep` are batched.
 */
export const scatterAdd: Row = {
  name: "scatter_add",
  family: "scatter",
  arity: 2,
  shape: ([values, ids], attributes) => {
    const axis = axisAttribute(attributes, "axis");
    const keep = axesAttribute(attributes, "keep");
    if (values === undefined || ids === undefined) {
      return problem("attribute", "scatter_add takes values and ids");
    }
    if (ids.element !== "int") return problem("element", "scatter_add by what is not int");
    const rest = withoutAxes(values.axes, withoutAxes(ids.axes, keep));
    const wrong =
      mustHave(values, ids.axes, "scatter_add of values that lack an axis of the ids") ??
      mustHave(ids, keep, "scatter_add keeps an axis that the ids lack") ??
      mustNotHave(tensor(rest, "real"), [axis], "scatter_add into an axis that the values have");
    if (wrong !== undefined) return wrong;
    return tensor(sortedAxes([...rest, axis]), values.element);
  },
  derivative: (node, gradient, build) => {
    const [, ids = node] = node.inputs;
    const axis = axisAttribute(node.attributes, "axis");
    return [build.apply("gather", [gradient, ids], { axis }), undefined];
  },
  flops: ([values]) => entries(values?.axes ?? []),
};
