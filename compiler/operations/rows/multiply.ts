import { elementWise, numberOf } from "../element-wise.ts";

export const multiply = elementWise({
  name: "multiply",
  arity: 2,
  element: numberOf("multiply"),
  promote: "common",
  evaluate: (a = 0, b = 0) => a * b,
  derivative: (node, gradient, build) => {
    const [a = node, b = node] = node.inputs;
    return [build.apply("multiply", [gradient, b]), build.apply("multiply", [gradient, a])];
  },
});
