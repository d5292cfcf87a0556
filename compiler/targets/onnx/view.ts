import { invariant } from "../../../program/invariant.ts";
import { axesOf, axisOf, booleanOf, numberOf } from "../../layout/attributes.ts";
import { type Order, replaceAxis, without } from "../../layout/orders.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import type { GraphWriter } from "./graph-writer.ts";
import {
  complete,
  elementName,
  present,
  reshape,
  shapeOf,
  transpose,
  unsupported,
  type Value,
  withTensor,
} from "./value.ts";

/** Writes a view of one operand. Along an axis that is only broadcast most views change nothing. */
export function view(writer: GraphWriter, node: Node, value: Value): Value {
  switch (node.operation) {
    case "rename":
      return rename(value, axisOf(node, "from"), axisOf(node, "to"));
    case "expand":
      return value;
    case "part":
      return part(
        writer,
        value,
        axisOf(node, "axis"),
        axisOf(node, "into"),
        numberOf(node, "start"),
      );
    case "take":
      return take(writer, value, axisOf(node, "axis"), numberOf(node, "at"));
    case "reverse":
      return reverse(writer, value, axisOf(node, "axis"));
    case "split":
      return split(writer, value, axisOf(node, "axis"), axesOf(node, "into"));
    case "merge":
      return merge(writer, value, axesOf(node, "axes"), axisOf(node, "into"));
    case "shift":
      return shift(writer, value, axisOf(node, "axis"), numberOf(node, "amount"));
    case "cumulative":
      return cumulative(writer, value, axisOf(node, "axis"), booleanOf(node, "reverse"));
    default:
      return unsupported(node);
  }
}

function rename(value: Value, from: Axis, to: Axis): Value {
  return { ...value, axes: replaceAxis(value.axes, from, [to]) };
}

function part(writer: GraphWriter, value: Value, axis: Axis, into: Axis, start: number): Value {
  if (!value.axes.includes(axis)) return value;
  const axes = replaceAxis(value.axes, axis, [into]);
  if (into.size === axis.size) return { ...value, axes };
  const tensor = writer.node(
    "Slice",
    [
      value.tensor,
      writer.int64s([start]),
      writer.int64s([start + into.size]),
      writer.int64s([value.axes.indexOf(axis)]),
    ],
    { shape: shapeOf(axes), element: value.tensor.element },
  );
  return withTensor(value, tensor, axes);
}

/** One entry of an axis, which goes. */
export function take(writer: GraphWriter, value: Value, axis: Axis, at: number): Value {
  if (!value.axes.includes(axis)) return value;
  const axes = without(value.axes, [axis]);
  if (axis.size === 1) return withTensor(value, reshape(writer, value.tensor, shapeOf(axes)), axes);
  const tensor = writer.node(
    "Gather",
    [value.tensor, writer.int64s([at], [])],
    { shape: shapeOf(axes), element: value.tensor.element },
    { axis: value.axes.indexOf(axis) },
  );
  return withTensor(value, tensor, axes);
}

function reverse(writer: GraphWriter, value: Value, axis: Axis): Value {
  if (!value.axes.includes(axis)) return value;
  const tensor = writer.node(
    "Slice",
    [
      value.tensor,
      writer.int64s([-1]),
      writer.int64s([-(axis.size + 1)]),
      writer.int64s([value.axes.indexOf(axis)]),
      writer.int64s([-1]),
    ],
    value.tensor,
  );
  return withTensor(value, tensor);
}

function split(writer: GraphWriter, value: Value, axis: Axis, into: readonly Axis[]): Value {
  if (!value.axes.includes(axis)) return value;
  const axes = replaceAxis(value.axes, axis, into);
  return withTensor(value, reshape(writer, value.tensor, shapeOf(axes)), axes);
}

function merge(writer: GraphWriter, value: Value, merged: readonly Axis[], into: Axis): Value {
  if (!merged.some((axis) => value.axes.includes(axis))) return value;
  const whole = present(writer, value, merged, merged);
  const last = merged.at(-1);
  const order = without(whole.axes, merged.slice(0, -1)).flatMap((axis) =>
    axis === last ? merged : [axis],
  );
  const moved = transpose(writer, whole, order);
  const axes = without(order, merged.slice(0, -1)).map((axis) => (axis === last ? into : axis));
  return withTensor(value, reshape(writer, moved.tensor, shapeOf(axes)), axes);
}

/** y[t] = x[t − amount], 0 from outside: padding at one end, cut off at the other. */
function shift(writer: GraphWriter, operand: Value, axis: Axis, amount: number): Value {
  if (amount === 0) return operand;
  const none = { real: writer.float(0), int: writer.int32s([0], []), bool: writer.bools([0], []) };
  const zero = none[operand.element];
  if (Math.abs(amount) >= axis.size) return { ...operand, tensor: zero, axes: [] };
  const value = present(writer, operand, [axis], [axis]);
  const place = value.axes.indexOf(axis);
  const kept = axis.size - Math.abs(amount);
  const from = Math.max(0, -amount);
  const shape = (size: number) => value.axes.map((it) => (it === axis ? size : it.size));
  const cut = writer.node(
    "Slice",
    [value.tensor, writer.int64s([from]), writer.int64s([from + kept]), writer.int64s([place])],
    { shape: shape(kept), element: value.tensor.element },
  );
  const padded = writer.node(
    "Pad",
    [cut, writer.int64s([Math.max(0, amount), Math.max(0, -amount)]), zero, writer.int64s([place])],
    value.tensor,
    { mode: "constant" },
  );
  return withTensor(value, padded);
}

function cumulative(writer: GraphWriter, operand: Value, axis: Axis, backwards: boolean): Value {
  const value = present(writer, operand, [axis], [axis]);
  const tensor = writer.node(
    "CumSum",
    [value.tensor, writer.int64s([value.axes.indexOf(axis)], [])],
    value.tensor,
    { reverse: backwards ? 1 : 0 },
  );
  return withTensor(value, tensor);
}

/** Operands one after another along `into`; `own` names the joined axis of each. */
export function join(
  writer: GraphWriter,
  operands: readonly Value[],
  own: readonly Axis[],
  into: Axis,
  target: Order,
): Value {
  const renamed = operands.map((operand, index) => {
    const axis = own[index];
    invariant(axis !== undefined, "join without an axis for an operand");
    return { axis, value: operand };
  });
  const others = [...new Set(renamed.flatMap((it) => without(it.value.axes, [it.axis])))];
  const order = target.filter((axis) => axis === into || others.includes(axis));
  const pieces = renamed.map(
    ({ axis, value }) => complete(writer, value, replaceAxis(order, into, [axis])).tensor,
  );
  const [first] = operands;
  invariant(first !== undefined, "join of nothing");
  const tensor = writer.node(
    "Concat",
    pieces,
    { shape: shapeOf(order), element: elementName[first.element] },
    { axis: order.indexOf(into) },
  );
  const unbounded = operands.some((operand) => operand.unbounded);
  return { tensor, axes: order, element: first.element, unbounded };
}

/** Values of equal axes stacked along a new first axis. */
export function stack(writer: GraphWriter, entries: readonly Value[], axis: Axis): Value {
  const [first] = entries;
  invariant(first !== undefined, "stack of nothing");
  const axes = entries.reduce<Order>(
    (widest, entry) => (entry.axes.length > widest.length ? entry.axes : widest),
    [],
  );
  const all = [
    ...axes,
    ...without(
      entries.flatMap((entry) => entry.axes),
      axes,
    ),
  ];
  const order = [...new Set(all)];
  const unbounded = entries.some((entry) => entry.unbounded);
  if (entries.every((entry) => entry.tensor === first.tensor && entry.axes === first.axes)) {
    return { ...first, unbounded };
  }
  const pieces = entries.map((entry) =>
    reshape(writer, complete(writer, entry, order).tensor, [1, ...shapeOf(order)]),
  );
  const shape = [axis.size, ...shapeOf(order)];
  const [only] = pieces;
  const tensor =
    entries.length === 1 && only !== undefined
      ? only
      : writer.node("Concat", pieces, { shape, element: first.tensor.element }, { axis: 0 });
  return { tensor, axes: [axis, ...order], element: first.element, unbounded };
}

/** The entries of a value along an axis, without the axis, in one node. */
export function unstack(writer: GraphWriter, value: Value, axis: Axis): readonly Value[] {
  const axes = without(value.axes, [axis]);
  if (!value.axes.includes(axis)) return Array.from({ length: axis.size }, () => value);
  const shape = shapeOf(axes);
  if (axis.size === 1) return [withTensor(value, reshape(writer, value.tensor, shape), axes)];
  const pieces = writer.nodes(
    "Split",
    [value.tensor],
    Array.from({ length: axis.size }, () => ({
      shape: value.axes.map((it) => (it === axis ? 1 : it.size)),
      element: value.tensor.element,
    })),
    { axis: value.axes.indexOf(axis), num_outputs: axis.size },
  );
  return pieces.map((piece) => withTensor(value, reshape(writer, piece, shape), axes));
}
