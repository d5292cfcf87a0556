import { axesOf, entriesOf } from "../../layout/attributes.ts";
import { contraction, type Order, restrict, sameOrder, without } from "../../layout/orders.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import type { GraphWriter, Tensor } from "./graph-writer.ts";
import { sum } from "./reduce.ts";
import { aligned, cast, reshape, shapeOf, transpose, type Value } from "./value.ts";

/** Writes a contraction as a matrix product, or as a sum of products where it is none. */
export function contract(
  writer: GraphWriter,
  node: Node,
  operands: readonly [Value, Value],
  target: Order,
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
  const product = multiply(writer, first, second, over, target);
  if (copies === 1) return product;
  const factor = writer.float(copies);
  return { ...product, tensor: writer.node("Mul", [product.tensor, factor], product.tensor) };
}

function multiply(
  writer: GraphWriter,
  left: Value,
  right: Value,
  over: readonly Axis[],
  target: Order,
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
    return sum(writer, { tensor, axes: order, element: "real", unbounded: false }, groups.over);
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
  const sides = { a, b, batch, rows, columns, inner };
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
}

/** The order of the contracted axes that moves fewer entries. */
function innerOrder(left: Value, right: Value, over: Order): Order {
  const ofLeft = restrict(left.axes, over);
  const ofRight = restrict(right.axes, over);
  return entriesOf(left.axes) >= entriesOf(right.axes) ? ofLeft : ofRight;
}

/** Two matrices; either may lie transposed in memory. */
function matrixProduct(writer: GraphWriter, { a, b, rows, columns, inner }: Sides): Tensor {
  const k = entriesOf(inner);
  const transA = !straight(a.axes, rows, inner) && straight(a.axes, inner, rows);
  const transB = !straight(b.axes, inner, columns) && straight(b.axes, columns, inner);
  const left = transpose(writer, a, transA ? [...inner, ...rows] : [...rows, ...inner]).tensor;
  const right = transpose(
    writer,
    b,
    transB ? [...columns, ...inner] : [...inner, ...columns],
  ).tensor;
  const m = entriesOf(rows);
  const n = entriesOf(columns);
  const shape = shapeOf([...rows, ...columns]);
  const product = writer.node(
    "Gemm",
    [
      reshape(writer, left, transA ? [k, m] : [m, k]),
      reshape(writer, right, transB ? [n, k] : [k, n]),
    ],
    { shape: [m, n], element: "float" },
    { transA: transA ? 1 : 0, transB: transB ? 1 : 0 },
  );
  return reshape(writer, product, shape);
}

function batchedProduct(writer: GraphWriter, sides: Sides): Tensor {
  const { a, b, batch, rows, columns, inner } = sides;
  const count = entriesOf(batch);
  const [m, n, k] = [entriesOf(rows), entriesOf(columns), entriesOf(inner)];
  const left = transpose(writer, a, [...batch, ...rows, ...inner]).tensor;
  const right = transpose(writer, b, [...batch, ...inner, ...columns]).tensor;
  const product = writer.node(
    "MatMul",
    [reshape(writer, left, [count, m, k]), reshape(writer, right, [count, k, n])],
    { shape: [count, m, n], element: "float" },
  );
  return reshape(writer, product, shapeOf([...batch, ...rows, ...columns]));
}

function straight(order: Order, outer: Order, inner: Order): boolean {
  return sameOrder(order, [...outer, ...inner]);
}
