import { axisAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { tensor } from "../shape.ts";

/** The place along an axis, from 0: {axis}. */
export const index: Row = {
  name: "index",
  family: "leaf",
  arity: 0,
  shape: (_, attributes) => tensor([axisAttribute(attributes, "axis")], "int"),
  derivative: undefined,
  flops: () => 0,
};
