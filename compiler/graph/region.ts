import { invariant } from "../../program/invariant.ts";
import { sameAxes, unionAxes, withoutAxes } from "../operations/shape.ts";
import type { Axis, Node, Region } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { rebuild } from "./rebuild.ts";
import { dependents, reachable } from "./walk.ts";

export interface RepeatResults {
  readonly carried: readonly Node[];
  readonly stacked: readonly Node[];
}

export type RepeatBody = (
  carried: readonly Node[],
  each: readonly Node[],
  invariants: readonly Node[],
) => RepeatResults;

export interface RepeatRequest {
  readonly axis: Axis;
  readonly reverse: boolean;
  readonly carried: readonly Node[];
  readonly each: readonly Node[];
  readonly invariants: readonly Node[];
  readonly body: RepeatBody;
}

/** Builds the body on fresh arguments, closes it over what it reads from outside, and applies it. */
export function buildRepeat(builder: GraphBuilder, request: RepeatRequest): RepeatResults {
  const { axis, reverse, each, invariants } = request;
  for (const node of each) {
    invariant(node.axes.includes(axis), `a value of each entry lacks the axis ${axis.name}`);
  }
  const { starts, carried, stacked, parameters } = settledBody(builder, request);
  const results = [...carried, ...stacked];
  const given = [...starts, ...each, ...invariants];
  const counts = { carried: starts.length, each: each.length };
  const open = { axis, reverse, parameters, results, given, ...counts };
  return applied(builder, closed(builder, open), starts.length);
}

interface OpenRegion {
  readonly axis: Axis;
  readonly reverse: boolean;
  readonly carried: number;
  readonly each: number;
  readonly parameters: readonly Node[];
  readonly results: readonly Node[];
  readonly given: readonly Node[];
}

/** Runs the body until the starts have the types of the next values (a start of 0 gets axes so). */
function settledBody(
  builder: GraphBuilder,
  { axis, carried, each, invariants, body }: RepeatRequest,
) {
  let starts = carried;
  for (;;) {
    const region = builder.regionId();
    const eachTypes = each.map((node) => ({
      axes: withoutAxes(node.axes, [axis]),
      element: node.element,
    }));
    const parameters = [...starts, ...eachTypes, ...invariants].map((type, index) =>
      builder.argument(index, type.axes, type.element, region),
    );
    const first = starts.length + each.length;
    const made = body(
      parameters.slice(0, starts.length),
      parameters.slice(starts.length, first),
      parameters.slice(first),
    );
    invariant(made.carried.length === starts.length, "a body gives each carried value anew");
    const wider = starts.map((start, place) => {
      const next = made.carried[place] ?? start;
      const real = next.element === "real" && start.element === "int";
      const number = real ? builder.apply("to_real", [start]) : start;
      return builder.expanded(number, unionAxes(number.axes, next.axes));
    });
    if (wider.every((start, place) => start === starts[place])) {
      const settled = made.carried.map((next, place) => {
        const start = starts[place] ?? next;
        const number = start.element === "real" ? builder.apply("to_real", [next]) : next;
        return builder.expanded(number, start.axes);
      });
      return { starts, parameters, carried: settled, stacked: made.stacked };
    }
    starts = wider;
  }
}

/** Turns what the body reads from outside into invariants, and drops what it does not read. */
export function closed(builder: GraphBuilder, open: OpenRegion): OpenRegion {
  const { parameters, results, carried, each, given } = open;
  const nodes = reachable(results);
  const own = new Set(parameters);
  const inside = dependents(nodes, own);
  const captured = new Set<Node>(results.filter((node) => isOutside(node, inside)));
  for (const node of nodes) {
    if (!inside.has(node)) continue;
    for (const input of node.inputs) if (isOutside(input, inside)) captured.add(input);
  }
  const used = new Set(nodes);
  const kept = parameters.map((node, place) => place < carried || used.has(node));
  if (captured.size === 0 && kept.every((keep) => keep)) return open;

  const capturedList = [...captured].sort((a, b) => a.id - b.id);
  const oldParameters = [...parameters.filter((_, place) => kept[place]), ...capturedList];
  const region = builder.regionId();
  const fresh = oldParameters.map((node, index) =>
    builder.argument(index, node.axes, node.element, region),
  );
  const replacements = new Map(
    oldParameters.map((node, place) => [node, fresh[place] ?? node] as const),
  );
  return {
    ...open,
    each: kept.slice(carried, carried + each).filter((keep) => keep).length,
    parameters: fresh,
    results: rebuild(builder, results, replacements),
    given: [...given.filter((_, place) => kept[place]), ...capturedList],
  };
}

/** Constants and places are made where they are needed; everything else comes in as a value. */
function isOutside(node: Node, inside: ReadonlySet<Node>): boolean {
  return !inside.has(node) && !isFree(node);
}

function isFree(node: Node): boolean {
  switch (node.operation) {
    case "constant":
    case "table":
    case "index":
    case "size":
    case "random":
      return true;
    case "expand":
      return node.inputs.every(isFree);
    default:
      return false;
  }
}

function applied(builder: GraphBuilder, region: OpenRegion, carried: number): RepeatResults {
  if (region.axis.size === 1) return once(builder, region);
  const node = repeatNode(builder, region);
  const items = region.results.map((_, index) => builder.apply("item", [node], { index }));
  return { carried: items.slice(0, carried), stacked: items.slice(carried) };
}

export function repeatNode(builder: GraphBuilder, open: OpenRegion): Node {
  const { given, ...parts } = open;
  const region: Region = parts;
  for (const [place, start] of given.slice(0, region.carried).entries()) {
    const next = region.results[place];
    invariant(
      next !== undefined && sameAxes(next.axes, start.axes),
      "a carried value changes type",
    );
  }
  return builder.apply("repeat", given, { region });
}

/** A single iteration is its body. */
function once(builder: GraphBuilder, region: OpenRegion): RepeatResults {
  const { axis, parameters, results, carried, each, given } = region;
  const replacements = new Map<Node, Node>();
  for (const [place, parameter] of parameters.entries()) {
    const value = given[place] ?? parameter;
    const isEach = place >= carried && place < carried + each;
    replacements.set(parameter, isEach ? builder.apply("take", [value], { axis, at: 0 }) : value);
  }
  const made = rebuild(builder, results, replacements);
  return {
    carried: made.slice(0, carried),
    stacked: made.slice(carried).map((node) => builder.expanded(node, [axis])),
  };
}
