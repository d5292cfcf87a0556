import { axisAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { mustHave, problem, sameAxes, sortedAxes, tensor, withoutAxes } from "../shape.ts";

/**
 * Rows written into a buffer at given places: inputs (buffer, rows, places: int), {axis, from}.
 * `rows` has axis `from` where the buffer has `axis`; `places` has `from` and any of the other axes.
 * A row whose place is outside the buffer is not written; no two rows may have one place.
 */
export const store: Row = {
  name: "store",
  family: "scatter",
  arity: 3,
  shape: ([buffer, rows, places], attributes) => {
    const axis = axisAttribute(attributes, "axis");
    const from = axisAttribute(attributes, "from");
    if (buffer === undefined || rows === undefined || places === undefined) {
      return problem("attribute", "store takes a buffer, rows and places");
    }
    if (places.element !== "int") return problem("element", "store at what is not int");
    if (buffer.element !== rows.element) return problem("element", "store of another element");
    const wrong =
      mustHave(buffer, [axis], "store along an axis that the buffer lacks") ??
      mustHave(rows, [from], "store of rows along an axis that they lack") ??
      mustHave(places, [from], "store at places that lack the axis of the rows") ??
      mustHave(rows, places.axes, "store at places with an axis that the rows lack");
    if (wrong !== undefined) return wrong;
    const expected = sortedAxes([...withoutAxes(buffer.axes, [axis]), from]);
    if (!sameAxes(rows.axes, expected)) {
      return problem("not-contained", "store of rows that do not fit", rows.axes);
    }
    return tensor(buffer.axes, buffer.element);
  },
  derivative: undefined,
  flops: () => 0,
};
