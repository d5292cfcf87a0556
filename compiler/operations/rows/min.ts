import { axesAttribute } from "../attributes.ts";
import { reduction } from "../reduction.ts";

/** Entries that share the extreme value share its gradient. */
export const min = reduction({
  name: "min",
  promote: "number",
  flopsPerEntry: 1,
  derivative: (node, gradient, build) => {
    const [x = node] = node.inputs;
    const hit = build.apply("to_real", [build.apply("equal", [x, node])]);
    const count = build.apply("sum", [hit], { over: axesAttribute(node.attributes, "over") });
    return [build.apply("multiply", [build.apply("divide", [gradient, count]), hit])];
  },
});
