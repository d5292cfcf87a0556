import { axisAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { commonAxes, mustHave, problem, tensor, unionAxes, withoutAxes } from "../shape.ts";

/**
 * Rows of a table by number: inputs (table, ids), {axis}. Other axes that both have are batched. Ids
 * out of range are undefined: whoever makes them checks.
 */
export const gather: Row = {
  name: "gather",
  family: "gather",
  arity: 2,
  shape: ([table, ids], attributes) => {
    const axis = axisAttribute(attributes, "axis");
    if (table === undefined || ids === undefined) {
      return problem("attribute", "gather takes a table and ids");
    }
    if (ids.element !== "int") return problem("element", "gather by what is not int");
    const wrong = mustHave(table, [axis], "gather from an axis that the table lacks");
    if (wrong !== undefined) return wrong;
    return tensor(unionAxes(withoutAxes(table.axes, [axis]), ids.axes), table.element);
  },
  derivative: (node, gradient, build) => {
    const [table = node, ids = node] = node.inputs;
    const axis = axisAttribute(node.attributes, "axis");
    const keep = commonAxes(withoutAxes(table.axes, [axis]), ids.axes);
    return [build.apply("scatter_add", [gradient, ids], { axis, keep }), undefined];
  },
  flops: () => 0,
};
