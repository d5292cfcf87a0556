import { axesAttribute, elementAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { sortedAxes, tensor } from "../shape.ts";

/** What a run reads, stored in the order of `axes`: {name, role, axes, element}. */
export const input: Row = {
  name: "input",
  family: "leaf",
  arity: 0,
  shape: (_, attributes) =>
    tensor(sortedAxes(axesAttribute(attributes, "axes")), elementAttribute(attributes)),
  derivative: undefined,
  flops: () => 0,
};
