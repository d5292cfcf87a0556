import { axesAttribute, axisAttribute } from "../attributes.ts";
import { regrouped } from "../regrouping.ts";
import type { Row } from "../row.ts";

/** One axis as several, the last runs fastest: {axis, into}. */
export const split: Row = {
  name: "split",
  family: "view",
  arity: 1,
  shape: ([input], attributes) =>
    regrouped(
      "split",
      input,
      [axisAttribute(attributes, "axis")],
      axesAttribute(attributes, "into"),
    ),
  derivative: (node, gradient, build) => [
    build.apply("merge", [gradient], {
      axes: axesAttribute(node.attributes, "into"),
      into: axisAttribute(node.attributes, "axis"),
    }),
  ],
  flops: () => 0,
};
