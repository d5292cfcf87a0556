import { InternalError, invariant } from "../../../program/invariant.ts";
import { extend, type Order, restrict, sameOrder, without } from "../../layout/orders.ts";
import { entries as entriesOf } from "../../operations/shape.ts";
import type { Axis, Element, Node } from "../../operations/tensor.ts";
import type { GraphWriter, Tensor } from "./graph-writer.ts";
import type { ElementName } from "./wire-format.ts";

/**
 * A node's value in the ONNX graph. `axes` are the dimensions of `tensor` in order; axes of the node
 * that are missing there are broadcast: every entry along them is the same.
 */
export interface Value {
  readonly tensor: Tensor;
  readonly axes: Order;
  readonly element: Element;
  /** Whether −∞ may occur by construction (masks, logarithms): a softmax row may be empty then. */
  readonly unbounded: boolean;
}

/** Values of the iterations of a region, not yet written as one tensor. */
export interface Stack {
  readonly axis: Axis;
  readonly entries: readonly Value[];
}

export const elementName = {
  real: "float",
  int: "int32",
  bool: "bool",
} as const satisfies Record<Element, ElementName>;

export function shapeOf(axes: Order): readonly number[] {
  return axes.map((axis) => axis.size);
}

export function withTensor(value: Value, tensor: Tensor, axes: Order = value.axes): Value {
  return { ...value, tensor, axes };
}

/** Converts between elements as `to_real` and `to_int` do; equal ones cost nothing. */
export function cast(writer: GraphWriter, value: Value, element: Element): Value {
  if (value.element === element) return value;
  const tensor = castTensor(writer, value.tensor, elementName[element]);
  return { ...value, tensor, element, unbounded: false };
}

const typeNumber = { float: 1, int32: 6, int64: 7, bool: 9 } as const;

export function castTensor(writer: GraphWriter, tensor: Tensor, element: ElementName): Tensor {
  if (tensor.element === element) return tensor;
  return writer.node(
    "Cast",
    [tensor],
    { shape: tensor.shape, element },
    { to: typeNumber[element] },
  );
}

export function reshape(writer: GraphWriter, tensor: Tensor, shape: readonly number[]): Tensor {
  if (shape.length === tensor.shape.length && shape.every((n, i) => n === tensor.shape[i])) {
    return tensor;
  }
  return writer.node("Reshape", [tensor, writer.int64s(shape)], {
    shape,
    element: tensor.element,
  });
}

/** The value with its axes in this order (which has exactly them). */
export function transpose(writer: GraphWriter, value: Value, order: Order): Value {
  if (sameOrder(value.axes, order)) return value;
  const permutation = order.map((axis) => value.axes.indexOf(axis));
  invariant(!permutation.includes(-1), "transpose to other axes");
  const shape = shapeOf(order);
  // Axes of size 1 may move freely.
  const long = (axes: Order) => axes.filter((axis) => axis.size > 1);
  const tensor = sameOrder(long(value.axes), long(order))
    ? reshape(writer, value.tensor, shape)
    : writer.node(
        "Transpose",
        [value.tensor],
        { shape, element: value.tensor.element },
        { perm: permutation },
      );
  return withTensor(value, tensor, order);
}

/** A tensor that broadcasts against one whose dimensions are `target`. */
export function aligned(writer: GraphWriter, value: Value, target: Order): Tensor {
  const moved = transpose(writer, value, restrict(target, value.axes));
  const first = target.findIndex((axis) => moved.axes.includes(axis));
  const tail = first < 0 ? [] : target.slice(first);
  return reshape(
    writer,
    moved.tensor,
    tail.map((axis) => (moved.axes.includes(axis) ? axis.size : 1)),
  );
}

/** The value with each of `axes` present, repeated along those that were broadcast. */
export function present(writer: GraphWriter, value: Value, axes: Order, like: Order): Value {
  const missing = without(axes, value.axes);
  if (missing.length === 0) return value;
  const order = extend(value.axes, missing, like);
  const shape = shapeOf(order);
  const narrow = aligned(writer, value, order);
  if (entriesOf(missing) === 1) return withTensor(value, reshape(writer, narrow, shape), order);
  const tensor = writer.node("Expand", [narrow, writer.int64s(shape)], {
    shape,
    element: narrow.element,
  });
  return withTensor(value, tensor, order);
}

/** The whole value, all axes present in exactly this order. */
export function complete(writer: GraphWriter, value: Value, order: Order): Value {
  return transpose(writer, present(writer, value, order, order), order);
}

export function unsupported(node: Node): never {
  throw new InternalError(`no ONNX form of ${node.operation}`);
}
