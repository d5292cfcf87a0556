import { extend, type Order, replaceAxis, restrict, without } from "../../layout/orders.ts";
import { entries as entriesOf } from "../../operations/shape.ts";
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
import { take } from "./view.ts";

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

/** What is scattered: entry k of `axis` gets the sum of the values whose id is k. */
export interface Scattered {
  readonly value: Value;
  readonly ids: Value;
  /** Axes of the ids' node; those that are not kept are summed over. */
  readonly idAxes: readonly Axis[];
  readonly axis: Axis;
  readonly keep: readonly Axis[];
}

export function scatterAdd(writer: GraphWriter, scattered: Scattered): Value {
  const { ids, axis, keep } = scattered;
  const value = summedAlone(writer, scattered);
  const own = restrict(ids.axes, without(scattered.idAxes, keep));
  if (own.length === 0) return oneHot(writer, value, ids, axis);
  const batch = restrict(ids.axes, keep);
  const rest = without(value.axes, ids.axes);
  const updates = updatesOf(writer, value, ids, [...batch, ...own], rest);
  const places = flatPlaces(writer, transpose(writer, ids, [...batch, ...own]), batch, axis);
  const shape = [entriesOf(batch) * axis.size, entriesOf(rest)];
  const start = zeros(writer, places, shape, updates.element);
  const tensor = scatterElements(writer, start, places, updates);
  const axes = [...batch, axis, ...rest];
  return withTensor(value, reshape(writer, tensor, shapeOf(axes)), axes);
}

/** The same added to a value that is there, which is cheaper than making zeros and adding after. */
export function scatterInto(writer: GraphWriter, into: Value, scattered: Scattered): Value {
  const { axis, keep } = scattered;
  const batch = restrict(scattered.ids.axes, keep);
  const own = restrict(scattered.ids.axes, without(scattered.idAxes, keep));
  const { value, ids } = inRange(writer, { ...scattered, value: summedAlone(writer, scattered) });
  const axes = [...new Set([...into.axes, ...value.axes, axis])];
  const rest = without(axes, [axis, ...ids.axes]);
  const order = [...batch, axis, ...rest];
  const start = complete(writer, into, order).tensor;
  const updates = updatesOf(writer, value, ids, [...batch, ...own], rest);
  const places = flatPlaces(writer, transpose(writer, ids, [...batch, ...own]), batch, axis);
  const flat = reshape(writer, start, [entriesOf(batch) * axis.size, entriesOf(rest)]);
  const tensor = scatterElements(writer, flat, places, updates);
  return withTensor(value, reshape(writer, tensor, shapeOf(order)), order);
}

/** Values summed along summed axes that the ids are only broadcast over. */
function summedAlone(writer: GraphWriter, { value, ids, idAxes, keep }: Scattered): Value {
  const given = value.element === "bool" ? cast(writer, value, "int") : value;
  return sum(writer, given, without(without(idAxes, keep), ids.axes));
}

/** Ids outside of the axis add 0 to an entry inside. */
function inRange(writer: GraphWriter, { value, ids, axis }: Scattered) {
  const whole = (number: number) => writer.int32s([number], []);
  const low = writer.node("Max", [ids.tensor, whole(0)], ids.tensor);
  const tensor = writer.node("Min", [low, whole(axis.size - 1)], ids.tensor);
  const inside: Value = {
    tensor: writer.node("Equal", [tensor, ids.tensor], { shape: tensor.shape, element: "bool" }),
    axes: ids.axes,
    element: "bool",
    unbounded: false,
  };
  const none: Value = {
    tensor: value.element === "real" ? writer.float(0) : whole(0),
    axes: [],
    element: value.element,
    unbounded: false,
  };
  return { value: choose(writer, inside, value, none), ids: withTensor(ids, tensor) };
}

/** The values as rows, one for each id. */
function updatesOf(
  writer: GraphWriter,
  value: Value,
  ids: Value,
  idAxes: Order,
  rest: readonly Axis[],
): Tensor {
  const moved = complete(writer, value, [...restrict(idAxes, ids.axes), ...rest]);
  return reshape(writer, moved.tensor, [entriesOf(ids.axes), entriesOf(rest)]);
}

/**
 * `ScatterElements` adds one update after the other; `ScatterND` with addition is a race between
 * threads and never used.
 */
function scatterElements(
  writer: GraphWriter,
  start: Tensor,
  places: Tensor,
  updates: Tensor,
): Tensor {
  const [count = 1] = updates.shape;
  const indices = spread(writer, reshape(writer, places, [count, 1]), updates.shape);
  return writer.node("ScatterElements", [start, indices, updates], start, {
    axis: 0,
    reduction: "add",
  });
}

/**
 * The buffer with rows written at places along `axis`; each entry looks up which row is its own, so
 * that nothing is scattered and places outside write nothing.
 */
export function store(
  writer: GraphWriter,
  buffer: Value,
  rows: Value,
  places: Value,
  axis: Axis,
  from: Axis,
): Value {
  const whole = present(writer, places, [from], [from]);
  const batch = without(whole.axes, [from]);
  const order = [...batch, axis, from];
  const hit: Value = {
    tensor: equal(writer, order, whole, numbers(writer, axis)),
    axes: order,
    element: "bool",
    unbounded: false,
  };
  if (from.size === 1) {
    const chosen = take(writer, hit, from, 0);
    return choose(writer, chosen, take(writer, rows, from, 0), buffer);
  }
  // Number of the row from 1; 0 where none is written.
  const ranks = writer.int32s(
    Array.from({ length: from.size }, (_, index) => index + 1),
    [from.size],
  );
  const rank = writer.node("Where", [hit.tensor, ranks, writer.int32s([0], [])], {
    shape: shapeOf(order),
    element: "int32",
  });
  const found = sum(writer, { ...hit, tensor: rank, element: "int" }, [from]);
  const some = writer.node("Less", [writer.int32s([0], []), found.tensor], {
    shape: found.tensor.shape,
    element: "bool",
  });
  const less = writer.node("Sub", [found.tensor, writer.int32s([1], [])], found.tensor);
  const at = writer.node("Max", [less, writer.int32s([0], [])], less);
  const given = present(writer, rows, [from], rows.axes);
  const picked = gather(writer, given, { ...found, tensor: at }, from);
  return choose(writer, { ...found, tensor: some, element: "bool" }, picked, buffer);
}

function choose(writer: GraphWriter, condition: Value, yes: Value, no: Value): Value {
  const others = [...new Set([...yes.axes, ...condition.axes])];
  const order = extend(no.axes, without(others, no.axes), others);
  const tensor = writer.node(
    "Where",
    [condition, yes, no].map((value) => aligned(writer, value, order)),
    { shape: shapeOf(order), element: no.tensor.element },
  );
  return { ...no, tensor, axes: order, unbounded: yes.unbounded || no.unbounded };
}

/** 0, 1, 2… along an axis. */
function numbers(writer: GraphWriter, axis: Axis): Value {
  const places = Array.from({ length: axis.size }, (_, index) => index);
  const tensor = writer.int32s(places, [axis.size]);
  return { tensor, axes: [axis], element: "int", unbounded: false };
}

function equal(writer: GraphWriter, order: Order, left: Value, right: Value): Tensor {
  return writer.node("Equal", [aligned(writer, left, order), aligned(writer, right, order)], {
    shape: shapeOf(order),
    element: "bool",
  });
}

/** Each kept entry has one id: the value there, 0 elsewhere. */
function oneHot(writer: GraphWriter, value: Value, ids: Value, axis: Axis): Value {
  const order: Order = [...ids.axes, axis, ...without(value.axes, ids.axes)];
  const hitAxes = [...ids.axes, axis];
  const hit = equal(writer, hitAxes, ids, numbers(writer, axis));
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
