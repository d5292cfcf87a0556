import { invariant } from "../../program/invariant.ts";
import {
  axesAttribute,
  axisAttribute,
  isAxes,
  isAxis,
  isRegion,
  numberAttribute,
  regionAttribute,
  stringAttribute,
} from "../operations/attributes.ts";
import { unionAxes, withoutAxes } from "../operations/shape.ts";
import type { Attribute, Attributes, Axis, Node } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { type Request, requestsOf } from "./incremental/requests.ts";
import { makeStep } from "./optimise.ts";
import type { Step } from "./step.ts";
import { reachable } from "./walk.ts";

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

/** The place of a slot that nothing was written to: later than every position, so always masked. */
const nowhere = 2 ** 30;

/**
 * The same function over a chunk of positions, with what it needs of earlier ones as state. Rows of a
 * batch advance on their own: row b takes its first `count[b]` positions of a chunk. Along a copy of
 * time come the slots of the state, then the chunk itself, so that the order of sums, and with it every
 * bit, is that of the whole function: entries between are masked.
 */
export function incremental(builder: GraphBuilder, request: IncrementalRequest): IncrementalStep {
  const { batch, capacity } = request;
  const time = builder.axis(request.time.name, request.chunk);
  const slot = builder.axis("slot", capacity);
  const count = builder.input("count", "data", [batch], "int");
  const written = builder.input("decoder.written", "state", [batch], "int");
  const positions = builder.apply("add", [written, builder.index(time)]);
  const place = builder.input("decoder.place", "state", [batch, slot], "int");
  const timing: Timing = {
    axes: createAxisMap(builder, request.time, time, slot),
    old: request.time,
    time,
    slot,
    batch,
    count,
    written,
    positions,
    place,
  };
  const writer = createWriter(builder, timing, request.writes ?? "store");

  const states: IncrementalState[] = [
    { name: "decoder.written", input: written, initial: 0 },
    { name: "decoder.place", input: place, initial: nowhere },
  ];
  const carried = [
    { state: written, next: builder.apply("add", [written, count]) },
    { state: place, next: writer(place, positions) },
  ];
  const roots = request.outputs.map((output) => output.node);
  const memory = requestsOf(roots, request.time).map((wanted, index) => {
    const name = `decoder.${wanted.kind}.${index}`;
    const input = builder.input(
      name,
      "state",
      stateAxes(builder, timing, wanted),
      wanted.of.element,
    );
    states.push({ name, input, initial: 0 });
    return { wanted, old: input };
  });
  const made = convert(builder, timing, roots, new Map(), memory);
  for (const [index, { wanted, old }] of memory.entries()) {
    const value = made.remembered[index];
    invariant(value !== undefined, "every request is answered");
    carried.push({ state: old, next: wanted.kind === "kept" ? writer(old, value) : value });
  }
  const outputs = request.outputs.map(({ name }, index) => {
    const node = made.results[index];
    invariant(node !== undefined, "every output is converted");
    return { name, node };
  });
  const step = makeStep(builder, request.name, outputs, carried);
  return { step, time, count, positions, outputs: made.results, carried, states };
}

interface Timing {
  /** Time becomes the chunk's; a copy becomes the slots and the chunk, one after the other. */
  readonly axes: (axis: Axis) => Axis;
  readonly old: Axis;
  readonly time: Axis;
  readonly slot: Axis;
  readonly batch: Axis;
  readonly count: Node;
  readonly written: Node;
  readonly positions: Node;
  readonly place: Node;
}

/** Axes of a state: those of repeats around it, the batch, what is remembered, the rest. */
function stateAxes(
  builder: GraphBuilder,
  { old, slot, batch }: Timing,
  { kind, of, rows, around }: Request,
): readonly Axis[] {
  const kept = kind === "kept" ? slot : builder.axis("rows", rows);
  return [...around, batch, kept, ...withoutAxes(of.axes, [old, batch])];
}

/** Writes a chunk's real rows into a kept state at the places where they belong. */
function createWriter(
  builder: GraphBuilder,
  { time, slot, count, written, positions }: Timing,
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

interface Remembered {
  readonly wanted: Request;
  readonly old: Node;
}

interface Converted {
  readonly results: readonly Node[];
  /** For each request: new rows where kept, else the next state. */
  readonly remembered: readonly (Node | undefined)[];
}

/** Nodes of the function in terms of a chunk; `memory` holds the requests of this level in order. */
function convert(
  builder: GraphBuilder,
  timing: Timing,
  roots: readonly Node[],
  given: ReadonlyMap<Node, Node>,
  memory: readonly Remembered[],
): Converted {
  const result = new Map<Node, Node>(given);
  const remembered: (Node | undefined)[] = memory.map(() => undefined);
  const tuples = new Map<Node, readonly Node[]>();
  const { axes } = timing;
  const now = (node: Node): Node => {
    const made = result.get(node);
    invariant(made !== undefined, "inputs are converted before their users");
    return made;
  };
  /** The memory of a node of this level, and where its answer goes. */
  const recall = (kind: Request["kind"], of: Node, rows: number) => {
    const index = memory.findIndex(
      ({ wanted }) =>
        wanted.kind === kind &&
        wanted.of === of &&
        wanted.around.length === 0 &&
        (kind === "kept" || wanted.rows === rows),
    );
    const entry = memory[index];
    invariant(entry !== undefined, `nothing is remembered of ${of.operation}`);
    const answer = (value: Node) => {
      remembered[index] = value;
    };
    return { old: entry.old, answer };
  };
  const withBatch = (node: Node) => builder.expanded(node, [timing.batch]);

  for (const node of reachable(roots)) {
    if (result.has(node)) continue;
    const made = builder.withOrigins(builder.originsOf(node), () => {
      const [of] = node.inputs;
      if (node.operation === "repeat") {
        const { axis } = regionAttribute(node.attributes);
        const places = [...memory.keys()].filter((index) => {
          const wanted = memory[index]?.wanted;
          return wanted !== undefined && wanted.around[0] === axis && belongsTo(node, wanted);
        });
        const inner = places.flatMap((index) => {
          const entry = memory[index];
          if (entry === undefined) return [];
          const around = entry.wanted.around.slice(1);
          return [{ wanted: { ...entry.wanted, around }, old: entry.old }];
        });
        const converted = convertRepeat(builder, timing, node, node.inputs.map(now), inner);
        tuples.set(node, converted.results);
        for (const [index, place] of places.entries()) {
          remembered[place] = converted.remembered[index];
        }
        return undefined;
      }
      if (node.operation === "item" && of !== undefined) {
        return tuples.get(of)?.[numberAttribute(node.attributes, "index")];
      }
      if (node.operation === "index") {
        return convertIndex(builder, timing, axisAttribute(node.attributes, "axis")) ?? node;
      }
      if (of !== undefined && isAlong(node, timing.old)) {
        const x = withBatch(now(of));
        if (node.operation === "rename") {
          const { old, answer } = recall("kept", of, 0);
          answer(x);
          return joined(builder, timing, old, x, axes(axisAttribute(node.attributes, "to")));
        }
        const rows = node.operation === "shift" ? numberAttribute(node.attributes, "amount") : 1;
        const kind = node.operation === "shift" ? "shift" : "sum";
        const { old, answer } = recall(kind, of, rows);
        const moved = convertMoved(builder, timing, kind, old, x);
        answer(moved.next);
        return moved.result;
      }
      return convertOther(builder, node, node.inputs.map(now), axes);
    });
    if (made !== undefined) result.set(node, made);
  }
  return { results: roots.map(now), remembered };
}

/** Whether the body of this repeat (or one within) asked. */
function belongsTo(node: Node, wanted: Request): boolean {
  const contains = (roots: readonly Node[]): boolean =>
    reachable(roots).some(
      (inner) =>
        inner === wanted.of ||
        (inner.operation === "repeat" && contains(regionAttribute(inner.attributes).results)),
    );
  return contains(regionAttribute(node.attributes).results);
}

function isAlong(node: Node, time: Axis): boolean {
  switch (node.operation) {
    case "rename":
      return axisAttribute(node.attributes, "from") === time;
    case "shift":
    case "cumulative":
      return axisAttribute(node.attributes, "axis") === time;
    default:
      return false;
  }
}

function createAxisMap(
  builder: GraphBuilder,
  old: Axis,
  time: Axis,
  slot: Axis,
): (axis: Axis) => Axis {
  const copies = new Map<Axis, Axis>();
  return (axis) => {
    if (axis === old) return time;
    if (axis.copyOf !== old) return axis;
    const known = copies.get(axis);
    if (known !== undefined) return known;
    const made = builder.axis(axis.name, slot.size + time.size, time);
    copies.set(axis, made);
    return made;
  };
}

function convertIndex(builder: GraphBuilder, timing: Timing, axis: Axis): Node | undefined {
  if (axis === timing.old) return timing.positions;
  if (axis.copyOf !== timing.old) return undefined;
  return joined(builder, timing, timing.place, timing.positions, timing.axes(axis));
}

/** What is kept and the chunk's rows, along a copy of time. */
function joined(builder: GraphBuilder, timing: Timing, old: Node, rows: Node, into: Axis): Node {
  return builder.apply("join", [old, rows], { axes: [timing.slot, timing.time], into });
}

/** A shift or running sum over the remembered rows followed by the chunk's. */
function convertMoved(
  builder: GraphBuilder,
  { time, batch, count }: Timing,
  kind: "shift" | "sum",
  old: Node,
  x: Node,
): { readonly result: Node; readonly next: Node } {
  const [rows] = withoutAxes(old.axes, x.axes);
  invariant(rows !== undefined && old.axes.includes(batch), "a state has rows");
  const all = builder.axis("rows and time", rows.size + time.size);
  const both = builder.apply("join", [old, x], { axes: [rows, time], into: all });
  const whole =
    kind === "shift" ? both : builder.apply("cumulative", [both], { axis: all, reverse: false });
  const start = kind === "shift" ? 0 : rows.size;
  // The last real position of a row is entry rows + count − 1 of both.
  const last = builder.apply("add", [builder.index(rows), count]);
  return {
    result: builder.apply("part", [whole], { axis: all, into: time, start }),
    next: builder.apply("gather", [whole, last], { axis: all }),
  };
}

function convertRepeat(
  builder: GraphBuilder,
  timing: Timing,
  node: Node,
  given: readonly Node[],
  memory: readonly Remembered[],
): Converted {
  const { axis, reverse, parameters, carried, each, results } = regionAttribute(node.attributes);
  const made = builder.repeat(
    axis,
    reverse,
    given.slice(0, carried),
    [...given.slice(carried, carried + each), ...memory.map((entry) => entry.old)],
    given.slice(carried + each),
    (starts, entries, invariants) => {
      const values = [...starts, ...entries.slice(0, each), ...invariants];
      const map = new Map(
        parameters.map((parameter, place) => [parameter, values[place] ?? parameter] as const),
      );
      const inside = memory.map(({ wanted }, place) => ({
        wanted,
        old: entries[each + place] ?? node,
      }));
      const body = convert(builder, timing, results, map, inside);
      const rows = body.remembered.map((value) => {
        invariant(value !== undefined, "every request of a body is answered");
        return value;
      });
      return {
        carried: body.results.slice(0, carried),
        stacked: [...body.results.slice(carried), ...rows],
      };
    },
  );
  const stacked = results.length - carried;
  return {
    results: [...made.carried, ...made.stacked.slice(0, stacked)],
    remembered: made.stacked.slice(stacked),
  };
}

/** Operations that do not look along time: the same, with other axes; operands may have the batch. */
function convertOther(
  builder: GraphBuilder,
  node: Node,
  inputs: readonly Node[],
  axes: (axis: Axis) => Axis,
): Node {
  const attributes = substituted(node.attributes, axes);
  switch (node.operation) {
    case "input": {
      if (node.axes.every((axis) => axes(axis) === axis)) return node;
      const { element } = node;
      const name = stringAttribute(node.attributes, "name");
      return builder.input(name, "data", axesAttribute(attributes, "axes"), element);
    }
    case "expand":
      return builder.expanded(inputs[0] ?? node, axesAttribute(attributes, "axes"));
    case "join": {
      const own = axesAttribute(attributes, "axes");
      const rest = inputs.map((input, place) =>
        withoutAxes(input.axes, own.slice(place, place + 1)),
      );
      const all = unionAxes(...rest);
      const wide = inputs.map((input) => builder.expanded(input, all));
      return builder.apply("join", wide, attributes);
    }
    case "scatter_add": {
      // Axes that the ids have gained are no axes to sum over.
      const before = (node.inputs[1]?.axes ?? []).map(axes);
      const gained = withoutAxes(inputs[1]?.axes ?? [], before);
      const keep = unionAxes(axesAttribute(attributes, "keep"), gained);
      const [values = node, ids = node] = inputs;
      return builder.apply("scatter_add", [builder.expanded(values, ids.axes), ids], {
        ...attributes,
        keep,
      });
    }
    default:
      return builder.apply(node.operation, inputs, attributes);
  }
}

function substituted(attributes: Attributes, axes: (axis: Axis) => Axis): Attributes {
  const changed: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value !== "object" || value instanceof Float64Array || isRegion(value)) {
      changed[name] = value;
    } else if (isAxes(value)) changed[name] = value.map(axes);
    else if (isAxis(value)) changed[name] = axes(value);
  }
  return changed;
}
