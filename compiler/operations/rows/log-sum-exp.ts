import { axesAttribute } from "../attributes.ts";
import { reduction } from "../reduction.ts";

/** log Σ exp(x) without overflow; −∞ where all entries are −∞. */
export const logSumExp = reduction({
  name: "log_sum_exp",
  promote: "real",
  flopsPerEntry: 3,
  derivative: (node, gradient, build) => {
    const over = axesAttribute(node.attributes, "over");
    return [build.apply("multiply", [gradient, build.apply("softmax", node.inputs, { over })])];
  },
});
