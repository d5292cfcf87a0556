import { entriesOf } from "../../layout/attributes.ts";
import { type Order, replaceAxis, restrict, without } from "../../layout/orders.ts";
import type { Axis } from "../../operations/tensor.ts";
import type { GraphWriter, Tensor } from "./graph-writer.ts";
import { sum } from "./reduce.ts";
import {
  aligned,
  cast,
  castTensor,
  complete,
  present,
  reshape,
  shapeOf,
  transpose,
  type Value,
  withTensor,
} from "./value.ts";

/** Rows of a table by number; axes that table and ids share are batched. */
export function gather(writer: GraphWriter, table: Value, ids: Value, axis: Axis): Value {
  if (!table.axes.includes(axis)) return table;
  const shared = restrict(ids.axes, without(table.axes, [axis]));
  const own = without(ids.axes, shared);
  if (shared.length === 0) {
    const axes = replaceAxis(table.axes, axis, ids.axes);
    const tensor = writer.node(
      "Gather",
      [table.tensor, ids.tensor],
      { shape: shapeOf(axes), element: table.tensor.element },
      { axis: table.axes.indexOf(axis) },
    );
    return withTensor(table, tensor, axes);
  }
  const rest = without(table.axes, [axis, ...shared]);
  const moved = transpose(writer, table, [...shared, axis, ...rest]);
  const rows = reshape(writer, moved.tensor, [entriesOf(shared) * axis.size, ...shapeOf(rest)]);
  const places = flatPlaces(writer, transpose(writer, ids, [...shared, ...own]), shared, axis);
  const axes = [...shared, ...own, ...rest];
  const tensor = writer.node(
    "Gather",
    [rows, places],
    { shape: [...places.shape, ...shapeOf(rest)], element: table.tensor.element },
    { axis: 0 },
  );
  return withTensor(table, reshape(writer, tensor, shapeOf(axes)), axes);
}

/**
 * Entry k of `axis` is the sum of the values whose id is k. `ScatterElements` adds one after the
 * other; `ScatterND` with addition is a race between threads and never used.
 */
export function scatterAdd(
  writer: GraphWriter,
  given: Value,
  ids: Value,
  idAxes: readonly Axis[],
  axis: Axis,
  keep: readonly Axis[],
): Value {
  const summed = without(idAxes, keep);
  const alone = without(summed, ids.axes);
  const value = sum(writer, given.element === "bool" ? cast(writer, given, "int") : given, alone);
  const own = restrict(ids.axes, summed);
  const shared = restrict(ids.axes, keep);
  if (own.length === 0) return oneHot(writer, value, ids, axis);
  const rest = without(value.axes, ids.axes);
  const moved = complete(writer, value, [...shared, ...own, ...rest]);
  const count = entriesOf(shared) * entriesOf(own);
  const width = entriesOf(rest);
  const updates = reshape(writer, moved.tensor, [count, width]);
  const places = flatPlaces(writer, transpose(writer, ids, [...shared, ...own]), shared, axis);
  const indices = spread(writer, reshape(writer, places, [count, 1]), [count, width]);
  const shape = [entriesOf(shared) * axis.size, width];
  const tensor = writer.node(
    "ScatterElements",
    [zeros(writer, places, shape, updates.element), indices, updates],
    { shape, element: updates.element },
    { axis: 0, reduction: "add" },
  );
  const axes = [...shared, axis, ...rest];
  return withTensor({ ...value, unbounded: false }, reshape(writer, tensor, shapeOf(axes)), axes);
}

/** Each kept entry has one id: the value there, 0 elsewhere. */
function oneHot(writer: GraphWriter, value: Value, ids: Value, axis: Axis): Value {
  const order: Order = [...ids.axes, axis, ...without(value.axes, ids.axes)];
  const places: Value = {
    tensor: writer.int32s(
      Array.from({ length: axis.size }, (_, index) => index),
      [axis.size],
    ),
    axes: [axis],
    element: "int",
    unbounded: false,
  };
  const hitAxes = [...ids.axes, axis];
  const hit = writer.node(
    "Equal",
    [aligned(writer, ids, hitAxes), aligned(writer, places, hitAxes)],
    {
      shape: shapeOf(hitAxes),
      element: "bool",
    },
  );
  const condition: Value = { tensor: hit, axes: hitAxes, element: "bool", unbounded: false };
  const zero = value.element === "real" ? writer.float(0) : writer.int32s([0], []);
  const tensor = writer.node(
    "Where",
    [aligned(writer, condition, order), aligned(writer, value, order), zero],
    { shape: shapeOf(order), element: value.tensor.element },
  );
  return { ...value, tensor, axes: order };
}

/** ids [shared…, own…] as places in a table whose shared axes and `axis` are one dimension. */
function flatPlaces(writer: GraphWriter, ids: Value, shared: Order, axis: Axis): Tensor {
  const batches = entriesOf(shared);
  const columns = entriesOf(ids.axes) / batches;
  const whole = cast(writer, present(writer, ids, shared, shared), "int").tensor;
  const flat = castTensor(writer, reshape(writer, whole, [batches, columns]), "int64");
  if (batches === 1) return reshape(writer, flat, [columns]);
  const starts = writer.int64s(
    Array.from({ length: batches }, (_, index) => index * axis.size),
    [batches, 1],
  );
  return reshape(writer, writer.node("Add", [flat, starts], flat), [batches * columns]);
}

function spread(writer: GraphWriter, tensor: Tensor, shape: readonly number[]): Tensor {
  if (shape.every((size, index) => size === tensor.shape[index])) return tensor;
  return writer.node("Expand", [tensor, writer.int64s(shape)], { shape, element: tensor.element });
}

/**
 * Zeros to add into. Made from a place minus itself: of a constant alone ONNX Runtime would keep a
 * second copy, folded when the session is created.
 */
function zeros(
  writer: GraphWriter,
  places: Tensor,
  shape: readonly number[],
  element: Tensor["element"],
): Tensor {
  const one = writer.node(
    "Slice",
    [places, writer.int64s([0]), writer.int64s([1]), writer.int64s([0])],
    { shape: [1], element: places.element },
  );
  const none = writer.node("Sub", [one, one], one);
  return spread(writer, reshape(writer, castTensor(writer, none, element), [1, 1]), shape);
}
