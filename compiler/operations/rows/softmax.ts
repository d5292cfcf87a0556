import { axesAttribute } from "../attributes.ts";
import { reduction } from "../reduction.ts";

/** exp(x) / Σ exp(x). An entry of −∞ gives exactly 0, and so does a row of nothing but −∞. */
export const softmax = reduction({
  name: "softmax",
  promote: "real",
  keepsAxes: true,
  flopsPerEntry: 5,
  derivative: (node, gradient, build) => {
    const over = axesAttribute(node.attributes, "over");
    const mixed = build.apply("sum", [build.apply("multiply", [gradient, node])], { over });
    return [build.apply("multiply", [node, build.apply("subtract", [gradient, mixed])])];
  },
});
