import { reduction } from "../reduction.ts";

/** Truth values are counted. */
export const sum = reduction({
  name: "sum",
  promote: "number",
  flopsPerEntry: 1,
  derivative: (_, gradient) => [gradient],
});
