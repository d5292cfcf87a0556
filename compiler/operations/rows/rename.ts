import { axisAttribute } from "../attributes.ts";
import { regrouped } from "../regrouping.ts";
import type { Row } from "../row.ts";

/** The same entries along another axis of equal size: {from, to}. */
export const rename: Row = {
  name: "rename",
  family: "view",
  arity: 1,
  shape: ([input], attributes) =>
    regrouped(
      "rename",
      input,
      [axisAttribute(attributes, "from")],
      [axisAttribute(attributes, "to")],
    ),
  derivative: (node, gradient, build) => [
    build.apply("rename", [gradient], {
      from: axisAttribute(node.attributes, "to"),
      to: axisAttribute(node.attributes, "from"),
    }),
  ],
  flops: () => 0,
};
