import { axesAttribute, elementAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { sortedAxes, tensor } from "../shape.ts";

/** A parameter of the body of a region: {index, axes, element, region}. */
export const argument: Row = {
  name: "argument",
  family: "leaf",
  arity: 0,
  shape: (_, attributes) =>
    tensor(sortedAxes(axesAttribute(attributes, "axes")), elementAttribute(attributes)),
  derivative: undefined,
  flops: () => 0,
};
