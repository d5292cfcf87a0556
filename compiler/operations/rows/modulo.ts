import { elementWise, numberOf } from "../element-wise.ts";

/** a − floor(a / b) · b: the sign of the divisor. */
export const modulo = elementWise({
  name: "modulo",
  arity: 2,
  element: numberOf("modulo"),
  promote: "common",
  evaluate: (a = 0, b = 0) => a - Math.floor(a / b) * b,
  derivative: (node, gradient, build) => {
    const whole = build.apply("floor", [build.apply("divide", node.inputs)]);
    return [gradient, build.apply("negate", [build.apply("multiply", [gradient, whole])])];
  },
});
