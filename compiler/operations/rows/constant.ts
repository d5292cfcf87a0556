import { elementAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { tensor } from "../shape.ts";

/** One number, without axes: {value, element}. */
export const constant: Row = {
  name: "constant",
  family: "leaf",
  arity: 0,
  shape: (_, attributes) => tensor([], elementAttribute(attributes)),
  derivative: undefined,
  flops: () => 0,
};
