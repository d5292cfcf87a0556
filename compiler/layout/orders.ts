import { invariant } from "../../program/invariant.ts";
import { entries as entriesOf } from "../operations/shape.ts";
import { findRow } from "../operations/table.ts";
import type { Axis, Node } from "../operations/tensor.ts";
import { axesOf, axisOf, inputOf } from "./attributes.ts";

/** An order of axes in memory: row-major, last is contiguous. */
export type Order = readonly Axis[];

/** The axes of `wanted` in the order of `like`; what `like` lacks comes first, in its own order. */
export function arrange(wanted: readonly Axis[], like: Order | undefined): Order {
  if (like === undefined) return wanted;
  const missing = wanted.filter((axis) => !like.includes(axis));
  return [...missing, ...like.filter((axis) => wanted.includes(axis))];
}

/** The part of an order that these axes make up. */
export function restrict(order: Order, axes: readonly Axis[]): Order {
  return order.filter((axis) => axes.includes(axis));
}

export function sameOrder(left: Order, right: Order): boolean {
  return left.length === right.length && left.every((axis, index) => axis === right[index]);
}

export function without(axes: readonly Axis[], removed: readonly Axis[]): readonly Axis[] {
  return axes.filter((axis) => !removed.includes(axis));
}

/** The order with one axis replaced, in its place, by others. */
export function replaceAxis(order: Order, from: Axis, to: readonly Axis[]): Order {
  return order.flatMap((axis) => (axis === from ? to : [axis]));
}

/**
 * How the axes of a contraction fall: `batch` in both and kept, `over` contracted, the rest of each
 * side. Taken from the axes given, so that a target may leave out what one side only broadcasts.
 */
export function contraction(left: Order, right: Order, over: readonly Axis[]) {
  return {
    over: left.filter((axis) => over.includes(axis) && right.includes(axis)),
    batch: left.filter((axis) => !over.includes(axis) && right.includes(axis)),
    leftOnly: left.filter((axis) => !over.includes(axis) && !right.includes(axis)),
    rightOnly: right.filter((axis) => !over.includes(axis) && !left.includes(axis)),
  };
}

/** Adds `axes` to an order, each before the first axis that follows it in `like`, or last. */
export function extend(order: Order, axes: readonly Axis[], like: Order): Order {
  const result = [...order];
  for (const axis of [...arrange(without(axes, order), like)].reverse()) {
    const place = like.indexOf(axis);
    const follower =
      place < 0 ? undefined : like.slice(place + 1).find((next) => result.includes(next));
    if (follower === undefined) result.push(axis);
    else result.splice(result.indexOf(follower), 0, axis);
  }
  return result;
}

/**
 * An input as the choice of an order sees it: `cost` is what moving it costs, 0 for what is made
 * of smaller things and takes any order when its readers wish so.
 */
export interface Operand {
  readonly order: Order;
  readonly cost: number;
}

/** The cheapest of the candidate orders: moved entries of inputs, then those of the result. */
function cheapest(
  candidates: readonly Order[],
  inputs: readonly Operand[],
  hint: Order | undefined,
): Order {
  let best: Order | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    let cost = 0;
    for (const input of inputs) {
      if (!sameOrder(restrict(candidate, input.order), input.order)) cost += input.cost;
    }
    if (hint !== undefined && !sameOrder(arrange(candidate, hint), candidate)) {
      cost += entriesOf(candidate);
    }
    if (cost < least) {
      best = candidate;
      least = cost;
    }
  }
  invariant(best !== undefined, "no candidate for an order");
  return best;
}

/** Order of the result, given the orders of the inputs and what its readers would like. */
export function resultOrder(
  node: Node,
  inputs: readonly Operand[],
  hint: Order | undefined,
): Order {
  const [first = [], second = []] = inputs.map((input) => input.order);
  switch (node.operation) {
    case "dot": {
      const { batch, leftOnly, rightOnly } = contraction(first, second, axesOf(node, "over"));
      const straight = [...batch, ...leftOnly, ...rightOnly];
      const swapped = [...batch, ...rightOnly, ...leftOnly];
      const rank = (axis: Axis | undefined) =>
        axis === undefined ? -1 : (hint?.indexOf(axis) ?? -1);
      return rank(rightOnly.at(-1)) < rank(leftOnly.at(-1)) ? swapped : straight;
    }
    case "rename":
      return replaceAxis(first, axisOf(node, "from"), [axisOf(node, "to")]);
    case "expand":
      return extend(first, axesOf(node, "axes"), hint ?? []);
    case "part":
      return replaceAxis(first, axisOf(node, "axis"), [axisOf(node, "into")]);
    case "split":
      return replaceAxis(first, axisOf(node, "axis"), axesOf(node, "into"));
    case "merge":
      return mergedOrder(first, axesOf(node, "axes"), axisOf(node, "into"));
    case "join":
      return joinedOrder(node, inputs, hint);
    case "take":
      return without(first, [axisOf(node, "axis")]);
    case "gather":
      return gatheredOrder(first, second, axisOf(node, "axis"));
    case "scatter_add": {
      const keep = axesOf(node, "keep");
      const rest = without(first, second);
      return [...restrict(second, keep), axisOf(node, "axis"), ...rest];
    }
    case "sum":
    case "max":
    case "min":
    case "log_sum_exp":
    case "argmax":
      return without(first, axesOf(node, "over"));
    case "softmax":
    case "shift":
    case "reverse":
    case "cumulative":
    case "store":
      return first;
    default:
      return elementWiseOrder(node, inputs, hint);
  }
}

/** What input `index` would best have as its order if the result is to have `hint`. */
export function inputHint(node: Node, index: number, hint: Order): Order | undefined {
  const input = inputOf(node, index);
  switch (node.operation) {
    case "rename":
      return replaceAxis(hint, axisOf(node, "to"), [axisOf(node, "from")]);
    case "part":
      return replaceAxis(hint, axisOf(node, "into"), [axisOf(node, "axis")]);
    case "merge":
      return replaceAxis(hint, axisOf(node, "into"), axesOf(node, "axes"));
    case "split":
      return arrange(
        input.axes,
        replaceAxis(hint, axesOf(node, "into")[0] ?? axisOf(node, "axis"), [axisOf(node, "axis")]),
      );
    case "join": {
      const own = axesOf(node, "axes")[index];
      return own === undefined ? undefined : replaceAxis(hint, axisOf(node, "into"), [own]);
    }
    case "sum":
    case "max":
    case "min":
    case "log_sum_exp":
    case "argmax":
      return [...hint, ...axesOf(node, "over")];
    case "softmax": {
      const over = axesOf(node, "over");
      return [...without(hint, over), ...over];
    }
    case "gather":
    case "scatter_add":
    case "dot":
      return undefined;
    case "store":
      return index === 0 ? hint : undefined;
    default:
      return restrict(hint, input.axes);
  }
}

function mergedOrder(order: Order, merged: readonly Axis[], into: Axis): Order {
  const last = merged.at(-1);
  return without(order, merged.slice(0, -1)).map((axis) => (axis === last ? into : axis));
}

function joinedOrder(node: Node, inputs: readonly Operand[], hint: Order | undefined): Order {
  const own = axesOf(node, "axes");
  const into = axisOf(node, "into");
  const renamed = inputs.map((input, index) => {
    const axis = own[index];
    return axis === undefined ? input : { ...input, order: replaceAxis(input.order, axis, [into]) };
  });
  return elementWiseOrder(node, renamed, hint);
}

function gatheredOrder(table: Order, ids: Order, axis: Axis): Order {
  const shared = restrict(ids, table);
  const own = without(ids, shared);
  if (shared.length === 0) return replaceAxis(table, axis, own);
  return [...shared, ...own, ...without(table, [axis, ...shared])];
}

function elementWiseOrder(node: Node, inputs: readonly Operand[], hint: Order | undefined): Order {
  const bySize = [...inputs].sort(
    (left, right) => right.cost - left.cost || entriesOf(right.order) - entriesOf(left.order),
  );
  const full = (order: Order): Order => {
    let result = hint === undefined ? order : extend(order, restrict(hint, node.axes), hint);
    for (const other of bySize) result = extend(result, other.order, other.order);
    return result;
  };
  const candidates = bySize.slice(0, 3).map((input) => full(input.order));
  if (hint !== undefined) candidates.push(full(restrict(hint, node.axes)));
  if (candidates.length === 0) return node.axes;
  return cheapest(candidates, bySize, hint);
}

/** True for element-wise results of inputs that are all smaller: broadcast together in any order. */
export function isFlexible(node: Node, flexible: ReadonlySet<Node>): boolean {
  if (findRow(node.operation)?.family !== "element-wise") return false;
  const entries = entriesOf(node.axes);
  return node.inputs.every((input) => 2 * entriesOf(input.axes) <= entries || flexible.has(input));
}
