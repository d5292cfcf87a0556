import { reduction } from "../reduction.ts";

/** The place of the first maximum along one axis. */
export const argmax = reduction({
  name: "argmax",
  promote: "number",
  element: "int",
  flopsPerEntry: 1,
});
