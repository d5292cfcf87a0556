import { elementWise, realOf } from "../element-wise.ts";
import { evaluateErf } from "../error-function.ts";

export const erf = elementWise({
  name: "erf",
  arity: 1,
  element: realOf("erf"),
  promote: "real",
  evaluate: (x = 0) => evaluateErf(x),
  derivative: (node, gradient, build) => {
    const [x = node] = node.inputs;
    const bell = build.apply("exp", [build.apply("negate", [build.apply("multiply", [x, x])])]);
    const scaled = build.apply("multiply", [bell, build.constant(2 / Math.sqrt(Math.PI))]);
    return [build.apply("multiply", [gradient, scaled])];
  },
});
