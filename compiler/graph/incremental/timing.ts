import type { Axis, Node } from "../../operations/tensor.ts";
import type { GraphBuilder } from "../build.ts";
import type { Request } from "./requests.ts";

/** A copy of time in a chunk: remembered rows, then the chunk's. */
export interface Copy {
  readonly rows: Axis;
  /** Remembered rows and the chunk's together. */
  readonly all: Axis;
  /** int [batch, rows]: where each remembered row was in time; later than all where there is none. */
  readonly place: Node;
  readonly kind: "kept" | "last";
}

/** How the function's time and its copies look in a chunk. */
export interface Timing {
  /** Time of the whole function. */
  readonly old: Axis;
  readonly time: Axis;
  readonly batch: Axis;
  readonly count: Node;
  readonly positions: Node;
  /** What an axis of the function becomes. */
  readonly axes: (axis: Axis) => Axis;
  readonly copyOf: (copy: Axis) => Copy;
  readonly rowsOf: (copy: Axis) => Pick<Request, "kind" | "rows">;
}

/** A request with the node that holds what is remembered. */
export interface Remembered {
  readonly wanted: Request;
  readonly old: Node;
}

export interface Converted {
  readonly results: readonly Node[];
  /** For each request: new rows where kept, else the next state. */
  readonly remembered: readonly (Node | undefined)[];
}

/** Remembered rows followed by the chunk's. */
export function joined(
  builder: GraphBuilder,
  { time }: Timing,
  { rows, all }: Pick<Copy, "rows" | "all">,
  old: Node,
  fresh: Node,
): Node {
  return builder.apply("join", [old, fresh], { axes: [rows, time], into: all });
}

/** The last rows of remembered ones and a chunk, row by row of the batch after its real positions. */
export function lastRows(
  builder: GraphBuilder,
  { count }: Timing,
  { rows, all }: Pick<Copy, "rows" | "all">,
  both: Node,
): Node {
  const places = builder.apply("add", [builder.index(rows), count]);
  return builder.apply("gather", [both, places], { axis: all });
}
