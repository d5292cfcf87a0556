import { axesAttribute, elementAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { sortedAxes, tensor } from "../shape.ts";

/** Numbers known when compiling, row-major in the order of `axes`: {values, axes, element}. */
export const table: Row = {
  name: "table",
  family: "leaf",
  arity: 0,
  shape: (_, attributes) =>
    tensor(sortedAxes(axesAttribute(attributes, "axes")), elementAttribute(attributes)),
  derivative: undefined,
  flops: () => 0,
};
