import { axesAttribute, axisAttribute } from "../attributes.ts";
import { regrouped } from "../regrouping.ts";
import type { Row } from "../row.ts";

/** Several axes as one, the last runs fastest: {axes, into}. */
export const merge: Row = {
  name: "merge",
  family: "view",
  arity: 1,
  shape: ([input], attributes) =>
    regrouped("merge", input, axesAttribute(attributes, "axes"), [
      axisAttribute(attributes, "into"),
    ]),
  derivative: (node, gradient, build) => [
    build.apply("split", [gradient], {
      axis: axisAttribute(node.attributes, "into"),
      into: axesAttribute(node.attributes, "axes"),
    }),
  ],
  flops: () => 0,
};
