import { invariant } from "../../../program/invariant.ts";
import { axesOf } from "../../layout/attributes.ts";
import { type Order, restrict, without } from "../../layout/orders.ts";
import { entries as entriesOf } from "../../operations/shape.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import type { GraphWriter } from "./graph-writer.ts";
import {
  aligned,
  cast,
  castTensor,
  present,
  reshape,
  shapeOf,
  transpose,
  unsupported,
  type Value,
} from "./value.ts";

/** f32's least finite number: stands for −∞ where arithmetic follows. */
export const lowest = -3.4028234663852886e38;

/** Writes a reduction or softmax. */
export function reduce(writer: GraphWriter, node: Node, operand: Value): Value {
  const over = axesOf(node, "over");
  const input = operand.element === "bool" ? cast(writer, operand, "int") : operand;
  switch (node.operation) {
    case "sum":
      return sum(writer, input, over);
    case "max":
      return extreme(writer, "ReduceMax", input, over);
    case "min":
      return extreme(writer, "ReduceMin", input, over);
    case "argmax":
      return argmax(writer, input, over);
    case "log_sum_exp":
      return logSumExp(writer, cast(writer, input, "real"), over);
    case "softmax":
      return softmax(writer, cast(writer, input, "real"), over);
    default:
      return unsupported(node);
  }
}

/** Σ over axes; along those that are only broadcast it is a product with their size. */
export function sum(writer: GraphWriter, value: Value, over: readonly Axis[]): Value {
  const reduced = reduction(writer, "ReduceSum", value, over);
  const copies = entriesOf(without(over, value.axes));
  if (copies === 1) return reduced;
  const factor = value.element === "real" ? writer.float(copies) : writer.int32s([copies], []);
  return { ...reduced, tensor: writer.node("Mul", [reduced.tensor, factor], reduced.tensor) };
}

function extreme(
  writer: GraphWriter,
  operator: string,
  value: Value,
  over: readonly Axis[],
): Value {
  return reduction(writer, operator, value, over);
}

function reduction(
  writer: GraphWriter,
  operator: string,
  value: Value,
  over: readonly Axis[],
  keep = false,
): Value {
  const there = restrict(value.axes, over);
  if (there.length === 0) return value;
  const axes = keep ? value.axes : without(value.axes, over);
  const shape = keep
    ? value.axes.map((axis) => (over.includes(axis) ? 1 : axis.size))
    : shapeOf(axes);
  const places = there.map((axis) => value.axes.indexOf(axis));
  const tensor = writer.node(
    operator,
    [value.tensor, writer.int64s(places)],
    { shape, element: value.tensor.element },
    { keepdims: keep ? 1 : 0 },
  );
  return { ...value, tensor, axes };
}

/** The first place of the maximum. */
function argmax(writer: GraphWriter, value: Value, over: readonly Axis[]): Value {
  const [axis] = over;
  invariant(axis !== undefined && over.length === 1, "argmax over one axis");
  const axes = without(value.axes, over);
  if (!value.axes.includes(axis)) {
    return { tensor: writer.int32s([0], []), axes: [], element: "int", unbounded: false };
  }
  const place = writer.node(
    "ArgMax",
    [value.tensor],
    { shape: shapeOf(axes), element: "int64" },
    { axis: value.axes.indexOf(axis), keepdims: 0 },
  );
  return { tensor: castTensor(writer, place, "int32"), axes, element: "int", unbounded: false };
}

/**
 * max + log Σ exp(x − max). The maximum is kept finite, so that a row of −∞ alone gives −∞ without
 * ∞ − ∞ on the way.
 */
function logSumExp(writer: GraphWriter, value: Value, over: readonly Axis[]): Value {
  const there = restrict(value.axes, over);
  const copies = entriesOf(without(over, there));
  const summed = there.length === 0 ? value : spreadLogSum(writer, value, there);
  if (copies === 1) return summed;
  const shift = writer.float(Math.log(copies));
  return { ...summed, tensor: writer.node("Add", [summed.tensor, shift], summed.tensor) };
}

function spreadLogSum(writer: GraphWriter, value: Value, over: Order): Value {
  const kept = reduction(writer, "ReduceMax", value, over, true).tensor;
  const maximum = writer.node("Max", [kept, writer.float(lowest)], kept);
  const away = writer.node("Sub", [value.tensor, maximum], value.tensor);
  const scaled = writer.node("Exp", [away], value.tensor);
  const total = reduction(writer, "ReduceSum", { ...value, tensor: scaled }, over);
  const logarithm = writer.node("Log", [total.tensor], total.tensor);
  const offset = reshape(writer, maximum, total.tensor.shape);
  return { ...total, tensor: writer.node("Add", [logarithm, offset], total.tensor) };
}

/** Softmax whose rows of nothing but −∞ are 0: −∞ is made finite first, such rows are wiped after. */
function softmax(writer: GraphWriter, value: Value, over: readonly Axis[]): Value {
  if (!value.unbounded) return plainSoftmax(writer, value, over);
  const maximum = reduction(writer, "ReduceMax", value, over);
  const alive = writer.node("Less", [writer.float(lowest), maximum.tensor], {
    shape: maximum.tensor.shape,
    element: "bool",
  });
  const finite = writer.node("Max", [value.tensor, writer.float(lowest)], value.tensor);
  return wiped(writer, plainSoftmax(writer, { ...value, tensor: finite }, over), {
    ...maximum,
    tensor: alive,
    element: "bool",
  });
}

/**
 * softmax(select(mask, x, −∞)) for x that is finite. What is hidden gets f32's least number added;
 * rows are judged by the mask, which often has fewer axes than x.
 */
export function maskedSoftmax(
  writer: GraphWriter,
  mask: Value,
  value: Value,
  over: readonly Axis[],
  target: Order,
  opensEveryRow: boolean,
): Value {
  const axes = [...new Set([...mask.axes, ...value.axes])];
  const order = target.filter((axis) => axes.includes(axis));
  const offset = writer.node("Where", [mask.tensor, writer.float(0), writer.float(lowest)], {
    shape: mask.tensor.shape,
    element: "float",
  });
  const hiding: Value = { ...mask, tensor: offset, element: "real" };
  const scores = writer.node(
    "Add",
    [aligned(writer, value, order), aligned(writer, hiding, order)],
    { shape: shapeOf(order), element: "float" },
  );
  const mixed = plainSoftmax(
    writer,
    { tensor: scores, axes: order, element: "real", unbounded: false },
    over,
  );
  if (opensEveryRow) return mixed;
  return wiped(writer, mixed, reduction(writer, "ReduceMax", cast(writer, mask, "int"), over));
}

/** The value times 1 where `alive`, times 0 elsewhere. */
function wiped(writer: GraphWriter, value: Value, alive: Value): Value {
  const factor = aligned(writer, cast(writer, alive, "real"), value.axes);
  return {
    ...value,
    tensor: writer.node("Mul", [value.tensor, factor], value.tensor),
    unbounded: false,
  };
}

function plainSoftmax(writer: GraphWriter, value: Value, over: readonly Axis[]): Value {
  const whole = present(writer, value, over, value.axes);
  const last = restrict(whole.axes, over);
  const rest = without(whole.axes, over);
  const moved = transpose(writer, whole, [...rest, ...last]);
  const flat = reshape(writer, moved.tensor, [...shapeOf(rest), entriesOf(last)]);
  const tensor = writer.node("Softmax", [flat], flat, { axis: -1 });
  return {
    tensor: reshape(writer, tensor, moved.tensor.shape),
    axes: moved.axes,
    element: "real",
    unbounded: false,
  };
}
