import { invariant } from "../../program/invariant.ts";
import { withoutAxes } from "../operations/shape.ts";
import type { Axis, Node } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { causality } from "./causality.ts";
import { convert } from "./incremental/convert.ts";
import { type Request, requestsOf } from "./incremental/requests.ts";
import { type Copy, joined, lastRows, type Timing } from "./incremental/timing.ts";
import { makeStep } from "./optimise.ts";
import type { Step } from "./step.ts";

export interface IncrementalRequest {
  readonly name: string;
  /** Nodes of a function that `causality` found no leak in. */
  readonly outputs: readonly { readonly name: string; readonly node: Node }[];
  readonly time: Axis;
  readonly batch: Axis;
  /** Positions that one run computes; prefill and decode are one function at two sizes. */
  readonly chunk: number;
  /** Real tokens that a row may have in all; the host sees to it that no row gets more. */
  readonly capacity: number;
  /**
   * How new rows reach the kept ones: `store` writes them where they belong; `select` says the same
   * with a gather and a choice over all slots, for targets that cannot write in place.
   */
  readonly writes?: "store" | "select";
}

export interface IncrementalState {
  readonly name: string;
  readonly input: Node;
  /** What every entry is before the first run. */
  readonly initial: number;
}

export interface IncrementalStep {
  readonly step: Step;
  /** Time within a chunk, in the place of the function's time. */
  readonly time: Axis;
  /** int [batch]: how many positions of the chunk are real in each row; the rest is ignored. */
  readonly count: Node;
  /** int [batch, time]: the place of each position in its row. */
  readonly positions: Node;
  readonly outputs: readonly Node[];
  readonly carried: readonly { readonly state: Node; readonly next: Node }[];
  readonly states: readonly IncrementalState[];
}

/** The place of a row that nothing was written to: later than every position, so always masked. */
const nowhere = 2 ** 30;

/**
 * The same function over a chunk of positions, with what it needs of earlier ones as state. Rows of a
 * batch advance on their own: row b takes its first `count[b]` positions of a chunk. Along a copy of
 * time come the remembered rows, then the chunk itself, so that the order of sums, and with it every
 * bit, is that of the whole function: entries between are masked. A copy that is read through a window
 * alone remembers no more rows than the window reaches back.
 */
export function incremental(builder: GraphBuilder, request: IncrementalRequest): IncrementalStep {
  const { batch } = request;
  const roots = request.outputs.map((output) => output.node);
  const time = builder.axis(request.time.name, request.chunk);
  const count = builder.input("count", "data", [batch], "int");
  const written = builder.input("decoder.written", "state", [batch], "int");
  const positions = builder.apply("add", [written, builder.index(time)]);
  const states: IncrementalState[] = [{ name: "decoder.written", input: written, initial: 0 }];
  const carried = [{ state: written, next: builder.apply("add", [written, count]) }];
  const remember = (name: string, axes: readonly Axis[], like: Node, initial: number): Node => {
    const input = builder.input(name, "state", axes, like.element);
    states.push({ name, input, initial });
    return input;
  };

  const copies = createCopies(builder, request, time, windowsOf(request), (name, rows) =>
    remember(name, [batch, rows], positions, nowhere),
  );
  const timing: Timing = { old: request.time, time, batch, count, positions, ...copies };
  const write = createWriter(builder, timing, written, copies.slot, request.writes ?? "store");
  const wanted = requestsOf(roots, request.time, timing.rowsOf);
  const memory = wanted.map((one, index) => ({
    wanted: one,
    old: remember(
      `decoder.${one.kind}.${index}`,
      stateAxes(builder, timing, copies, one),
      one.of,
      0,
    ),
  }));
  const made = convert(builder, timing, roots, new Map(), memory);

  for (const copy of copies.used()) {
    const both = joined(builder, timing, copy, copy.place, positions);
    const next =
      copy.kind === "kept" ? write(copy.place, positions) : lastRows(builder, timing, copy, both);
    carried.push({ state: copy.place, next });
  }
  for (const [index, { wanted: one, old }] of memory.entries()) {
    const value = made.remembered[index];
    invariant(value !== undefined, "every request is answered");
    carried.push({ state: old, next: one.kind === "kept" ? write(old, value) : value });
  }
  const outputs = request.outputs.map(({ name }, index) => {
    const node = made.results[index];
    invariant(node !== undefined, "every output is converted");
    return { name, node };
  });
  const step = makeStep(builder, request.name, outputs, carried);
  return { step, time, count, positions, outputs: made.results, carried, states };
}

/** Copies that are read through a window; that nothing leaks must have been proved before. */
function windowsOf({
  outputs,
  time,
  batch,
  capacity,
}: IncrementalRequest): ReadonlyMap<Axis, number> {
  const { leaks, windows } = causality({
    outputs: outputs.map((output) => output.node),
    time,
    batch,
    segment: undefined,
    unavailable: [],
    originsOf: () => [],
  });
  const [leak] = leaks;
  invariant(leak === undefined, `a decoder of what is not causal: ${leak?.reason}`);
  return new Map([...windows].filter(([, window]) => window > 1 && window <= capacity));
}

interface Copies extends Pick<Timing, "axes" | "copyOf" | "rowsOf"> {
  /** Slots for every position that fits. */
  readonly slot: Axis;
  /** Axis of the last so many rows. */
  readonly rowAxis: (rows: number) => Axis;
  /** One copy for each number of rows that a place is remembered of. */
  readonly used: () => readonly Copy[];
}

function createCopies(
  builder: GraphBuilder,
  { time: old, capacity }: IncrementalRequest,
  time: Axis,
  windows: ReadonlyMap<Axis, number>,
  rememberPlace: (name: string, rows: Axis) => Node,
): Copies {
  const slot = builder.axis("slot", capacity);
  const rowAxes = new Map<number, Axis>();
  const rowAxis = (rows: number): Axis => {
    const axis = rowAxes.get(rows) ?? builder.axis("rows", rows);
    rowAxes.set(rows, axis);
    return axis;
  };
  const places = new Map<Axis, Node>();
  const copies = new Map<Axis, Copy>();
  const copyOf = (axis: Axis): Copy => {
    const known = copies.get(axis);
    if (known !== undefined) return known;
    const window = windows.get(axis);
    const rows = window === undefined ? slot : rowAxis(window - 1);
    const name = window === undefined ? "decoder.place" : `decoder.place.${rows.size}`;
    const place = places.get(rows) ?? rememberPlace(name, rows);
    places.set(rows, place);
    const all = builder.axis(axis.name, rows.size + time.size, time);
    const kind = window === undefined ? "kept" : "last";
    const copy: Copy = { rows, all, place, kind };
    copies.set(axis, copy);
    return copy;
  };
  return {
    slot,
    rowAxis,
    copyOf,
    axes: (axis) => (axis === old ? time : axis.copyOf === old ? copyOf(axis).all : axis),
    rowsOf: (axis) => ({ kind: copyOf(axis).kind, rows: copyOf(axis).rows.size }),
    used: () => [...new Map([...copies.values()].map((copy) => [copy.place, copy])).values()],
  };
}

/** Axes of a state: those of repeats around it, the batch, what is remembered, the rest. */
function stateAxes(
  builder: GraphBuilder,
  { old, batch }: Timing,
  { slot, rowAxis }: Copies,
  { kind, of, rows, around }: Request,
): readonly Axis[] {
  const kept = kind === "kept" ? slot : kind === "last" ? rowAxis(rows) : builder.axis("sum", rows);
  return [...around, batch, kept, ...withoutAxes(of.axes, [old, batch])];
}

/** Writes a chunk's real rows into a kept state at the places where they belong. */
function createWriter(
  builder: GraphBuilder,
  { time, count, positions }: Timing,
  written: Node,
  slot: Axis,
  writes: "store" | "select",
): (buffer: Node, rows: Node) => Node {
  if (writes === "store") {
    const real = builder.apply("less", [builder.index(time), count]);
    const outside = builder.constant(slot.size, "int");
    const places = builder.apply("select", [real, positions, outside]);
    return (buffer, rows) =>
      builder.apply("store", [buffer, rows, places], { axis: slot, from: time });
  }
  const from = builder.apply("subtract", [builder.index(slot), written]);
  const zero = builder.constant(0, "int");
  const inside = builder.apply("and", [
    builder.apply("less_equal", [zero, from]),
    builder.apply("less", [from, count]),
  ]);
  const ids = builder.apply("select", [inside, from, zero]);
  return (buffer, rows) =>
    builder.apply("select", [inside, builder.apply("gather", [rows, ids], { axis: time }), buffer]);
}
