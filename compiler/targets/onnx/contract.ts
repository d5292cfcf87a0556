import { axesOf } from "../../layout/attributes.ts";
import { contraction, type Order, restrict, sameOrder, without } from "../../layout/orders.ts";
import { entries as entriesOf } from "../../operations/shape.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import type { GraphWriter, Tensor } from "./graph-writer.ts";
import { sum } from "./reduce.ts";
import { aligned, cast, reshape, shapeOf, transpose, type Value, withTensor } from "./value.ts";

/** Writes `scale` times a contraction as a matrix product, or as a sum of products where it is none. */
export function contract(
  writer: GraphWriter,
  node: Node,
  operands: readonly [Value, Value],
  target: Order,
  scale: number,
): Value {
  const over = axesOf(node, "over");
  const [left, right] = operands.map((operand) => cast(writer, operand, "real")) as [Value, Value];
  // An axis that only one side has is summed there; one that neither has counts its entries.
  const first = sum(
    writer,
    left,
    without(over, right.axes).filter((it) => left.axes.includes(it)),
  );
  const second = sum(
    writer,
    right,
    without(over, left.axes).filter((it) => right.axes.includes(it)),
  );
  const copies = entriesOf(
    over.filter((it) => !left.axes.includes(it) && !right.axes.includes(it)),
  );
  return multiply(writer, first, second, over, target, scale * copies);
}

function multiply(
  writer: GraphWriter,
  left: Value,
  right: Value,
  over: readonly Axis[],
  target: Order,
  scale: number,
): Value {
  const groups = contraction(left.axes, right.axes, over);
  const single = groups.leftOnly.length === 0 && groups.rightOnly.length === 0;
  if (groups.over.length === 0 || (single && groups.batch.length > 0)) {
    const order = [...restrict(target, [...left.axes, ...right.axes]), ...groups.over];
    const tensor = writer.node(
      "Mul",
      [aligned(writer, left, order), aligned(writer, right, order)],
      {
        shape: shapeOf(order),
        element: "float",
      },
    );
    const product = { tensor, axes: order, element: "real", unbounded: false } as const;
    return scaled(writer, sum(writer, product, groups.over), scale);
  }
  const batch = restrict(target, groups.batch);
  const inner = innerOrder(left, right, groups.over);
  const swap =
    target.indexOf(groups.rightOnly.at(-1) as Axis) <
      target.indexOf(groups.leftOnly.at(-1) as Axis) &&
    groups.leftOnly.length > 0 &&
    groups.rightOnly.length > 0;
  const [a, b] = swap ? [right, left] : [left, right];
  const rows = swap ? groups.rightOnly : groups.leftOnly;
  const columns = swap ? groups.leftOnly : groups.rightOnly;
  const sides = { a, b, batch, rows, columns, inner, scale };
  const tensor = batch.length === 0 ? matrixProduct(writer, sides) : batchedProduct(writer, sides);
  return { tensor, axes: [...batch, ...rows, ...columns], element: "real", unbounded: false };
}

interface Sides {
  readonly a: Value;
  readonly b: Value;
  readonly batch: Order;
  readonly rows: Order;
  readonly columns: Order;
  readonly inner: Order;
  readonly scale: number;
}

function scaled(writer: GraphWriter, value: Value, scale: number): Value {
  if (scale === 1) return value;
  const tensor = writer.node("Mul", [value.tensor, writer.float(scale)], value.tensor);
  return withTensor(value, tensor);
}

/** The order of the contracted axes that moves fewer entries. */
function innerOrder(left: Value, right: Value, over: Order): Order {
  const ofLeft = restrict(left.axes, over);
  const ofRight = restrict(right.axes, over);
  return entriesOf(left.axes) >= entriesOf(right.axes) ? ofLeft : ofRight;
}

/**
 * An operand as matrices, `first` by `second` or transposed. Where it must be moved its last axis
 * stays last, so that whole runs are copied.
 */
function oriented(writer: GraphWriter, value: Value, batch: Order, first: Order, second: Order) {
  const straight = sameOrder(value.axes, [...batch, ...first, ...second]);
  const last = value.axes.at(-1);
  const transposed = !straight && last !== undefined && first.includes(last);
  const order = transposed ? [...batch, ...second, ...first] : [...batch, ...first, ...second];
  const sizes = [entriesOf(first), entriesOf(second)];
  const matrix = transposed ? sizes.reverse() : sizes;
  const shape = batch.length === 0 ? matrix : [entriesOf(batch), ...matrix];
  return { tensor: reshape(writer, transpose(writer, value, order).tensor, shape), transposed };
}

/** Two matrices; either may lie transposed in memory. */
function matrixProduct(writer: GraphWriter, sides: Sides): Tensor {
  const { a, b, rows, columns, inner, scale } = sides;
  const left = oriented(writer, a, [], rows, inner);
  const right = oriented(writer, b, [], inner, columns);
  const product = writer.node(
    "Gemm",
    [left.tensor, right.tensor],
    { shape: [entriesOf(rows), entriesOf(columns)], element: "float" },
    {
      transA: left.transposed ? 1 : 0,
      transB: right.transposed ? 1 : 0,
      ...(scale === 1 ? {} : { alpha: { float: scale } }),
    },
  );
  return reshape(writer, product, shapeOf([...rows, ...columns]));
}

/** Many matrix products. ONNX's own MatMul cannot read transposed or scaled; ONNX Runtime's can. */
function batchedProduct(writer: GraphWriter, sides: Sides): Tensor {
  const { a, b, batch, rows, columns, inner, scale } = sides;
  const left = oriented(writer, a, batch, rows, inner);
  const right = oriented(writer, b, batch, inner, columns);
  const shape = [entriesOf(batch), entriesOf(rows), entriesOf(columns)];
  const plain = !left.transposed && !right.transposed && scale === 1;
  const product = writer.node(
    plain ? "MatMul" : "FusedMatMul",
    [left.tensor, right.tensor],
    { shape, element: "float" },
    plain
      ? {}
      : {
          transA: left.transposed ? 1 : 0,
          transB: right.transposed ? 1 : 0,
          alpha: { float: scale },
        },
  );
  return reshape(writer, product, shapeOf([...batch, ...rows, ...columns]));
}
