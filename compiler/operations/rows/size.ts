import { axisAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { tensor } from "../shape.ts";

/**
 * How many entries an axis has: {axis}. A leaf until a step is finished, since what reads the size of
 * time is not causal; then a number.
 */
export const size: Row = {
  name: "size",
  family: "leaf",
  arity: 0,
  shape: (_, attributes) => {
    axisAttribute(attributes, "axis");
    return tensor([], "int");
  },
  derivative: undefined,
  flops: () => 0,
};
