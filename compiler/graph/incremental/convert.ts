import { invariant } from "../../../program/invariant.ts";
import { axisAttribute, numberAttribute, regionAttribute } from "../../operations/attributes.ts";
import { withoutAxes } from "../../operations/shape.ts";
import type { Node } from "../../operations/tensor.ts";
import type { GraphBuilder } from "../build.ts";
import { reachable } from "../walk.ts";
import { type Request, requestOf, sameRequest } from "./requests.ts";
import { convertOther } from "./substitute.ts";
import { type Converted, joined, lastRows, type Remembered, type Timing } from "./timing.ts";

/** Nodes of the function in terms of a chunk; `memory` answers the requests of this level. */
export function convert(
  builder: GraphBuilder,
  timing: Timing,
  roots: readonly Node[],
  given: ReadonlyMap<Node, Node>,
  memory: readonly Remembered[],
): Converted {
  const result = new Map<Node, Node>(given);
  const remembered: (Node | undefined)[] = memory.map(() => undefined);
  const tuples = new Map<Node, readonly Node[]>();
  const now = (node: Node): Node => {
    const made = result.get(node);
    invariant(made !== undefined, "inputs are converted before their users");
    return made;
  };

  const convertAlong = (node: Node, request: Request): Node => {
    const index = memory.findIndex(
      ({ wanted }) => wanted.around.length === 0 && sameRequest(wanted, request),
    );
    const entry = memory[index];
    invariant(entry !== undefined, `nothing is remembered of ${request.of.operation}`);
    const x = builder.expanded(now(request.of), [timing.batch]);
    const made = convertMoved(builder, timing, node, request, entry.old, x);
    remembered[index] = made.next;
    return made.result;
  };

  const convertBody = (node: Node): void => {
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
  };

  const convertNode = (node: Node): Node | undefined => {
    const [of] = node.inputs;
    switch (node.operation) {
      case "repeat":
        convertBody(node);
        return undefined;
      case "item":
        return of && tuples.get(of)?.[numberAttribute(node.attributes, "index")];
      case "index":
        return convertIndex(builder, timing, node);
      default: {
        const request = requestOf(node, timing.old, timing.rowsOf);
        return request === undefined
          ? convertOther(builder, node, node.inputs.map(now), timing.axes)
          : convertAlong(node, request);
      }
    }
  };

  for (const node of reachable(roots)) {
    if (result.has(node)) continue;
    const made = builder.withOrigins(builder.originsOf(node), () => convertNode(node));
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

function convertIndex(builder: GraphBuilder, timing: Timing, node: Node): Node {
  const axis = axisAttribute(node.attributes, "axis");
  if (axis === timing.old) return timing.positions;
  if (axis.copyOf !== timing.old) return node;
  const copy = timing.copyOf(axis);
  return joined(builder, timing, copy, copy.place, timing.positions);
}

/** A copy, shift or running sum over what is remembered followed by the chunk. */
function convertMoved(
  builder: GraphBuilder,
  timing: Timing,
  node: Node,
  { kind }: Request,
  old: Node,
  x: Node,
): { readonly result: Node; readonly next: Node } {
  if (node.operation === "rename") {
    const copy = timing.copyOf(axisAttribute(node.attributes, "to"));
    const both = joined(builder, timing, copy, old, x);
    return { result: both, next: kind === "kept" ? x : lastRows(builder, timing, copy, both) };
  }
  const { time } = timing;
  const [rows] = withoutAxes(old.axes, x.axes);
  invariant(rows !== undefined, "a state has rows");
  const all = builder.axis("rows and time", rows.size + time.size);
  const both = joined(builder, timing, { rows, all }, old, x);
  const whole =
    kind === "sum" ? builder.apply("cumulative", [both], { axis: all, reverse: false }) : both;
  const start = kind === "sum" ? rows.size : 0;
  return {
    result: builder.apply("part", [whole], { axis: all, into: time, start }),
    next: lastRows(builder, timing, { rows, all }, whole),
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
