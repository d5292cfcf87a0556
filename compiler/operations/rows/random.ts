import { axesAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { entries, sortedAxes, tensor } from "../shape.ts";

/** Uniform in [0, 1), a function of seed, key and the place in the order of `axes`: {axes, seed, key}. */
export const random: Row = {
  name: "random",
  family: "leaf",
  arity: 0,
  shape: (_, attributes) => tensor(sortedAxes(axesAttribute(attributes, "axes")), "real"),
  derivative: undefined,
  flops: (_, result) => 10 * entries(result.axes),
};
