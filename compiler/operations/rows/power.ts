import { elementWise, realOf } from "../element-wise.ts";

/** The exponent gets a gradient where the base is positive. */
export const power = elementWise({
  name: "power",
  arity: 2,
  element: realOf("power"),
  promote: "real",
  evaluate: (a = 0, b = 0) => a ** b,
  derivative: (node, gradient, build) => {
    const [base = node, exponent = node] = node.inputs;
    const less = build.apply("subtract", [exponent, build.constant(1)]);
    const slope = build.apply("multiply", [exponent, build.apply("power", [base, less])]);
    const forBase = build.apply("multiply", [gradient, slope]);
    if (exponent.operation === "constant") return [forBase, undefined];
    const positive = build.apply("less", [build.constant(0), base]);
    const safe = build.apply("select", [positive, base, build.constant(1)]);
    const forExponent = build.apply("multiply", [node, build.apply("log", [safe])]);
    return [forBase, build.apply("multiply", [gradient, forExponent])];
  },
});
