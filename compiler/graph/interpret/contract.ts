import { axesAttribute } from "../../operations/attributes.ts";
import { commonAxes, entries, withoutAxes } from "../../operations/shape.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import {
  allocate,
  copyLoops,
  loopsOver,
  offsetsOf,
  type Precision,
  stridesOf,
  type Values,
} from "./strides.ts";

/**
 * `dot` as a batch of products of packed matrices. Terms are added from the first to the last entry of
 * the contracted axes, so that terms of 0 between others change no bit.
 */
export function contract(node: Node, operands: readonly Values[], precision: Precision): Values {
  const [left = node, right = node] = node.inputs;
  const over = axesAttribute(node.attributes, "over");
  const result = allocate(node, precision);
  const [a = result, b = result] = operands;
  const batch = withoutAxes(commonAxes(left.axes, right.axes), over);
  const rows = withoutAxes(left.axes, [...batch, ...over]);
  const columns = withoutAxes(right.axes, [...batch, ...over]);

  const place = (axes: readonly Axis[], of: readonly Axis[]) =>
    offsetsOf(loopsOver(axes, stridesOf(of)));
  const batchLeft = place(batch, left.axes);
  const batchRight = place(batch, right.axes);
  const batchResult = place(batch, node.axes);
  const rowResult = place(rows, node.axes);
  const columnResult = place(columns, node.axes);
  const leftLoops = loopsOver([...rows, ...over], stridesOf(left.axes));
  const rightLoops = loopsOver([...over, ...columns], stridesOf(right.axes));

  const m = entries(rows);
  const n = entries(columns);
  const k = entries(over);
  const packedLeft = new Float64Array(m * k);
  const packedRight = new Float64Array(k * n);
  const sums = new Float64Array(n);
  for (const [entry, start] of batchResult.entries()) {
    copyLoops(packedLeft, a, leftLoops, batchLeft[entry]);
    copyLoops(packedRight, b, rightLoops, batchRight[entry]);
    for (let row = 0; row < m; row += 1) {
      productRow(packedLeft, row * k, packedRight, k, n, sums);
      const to = start + (rowResult[row] ?? 0);
      for (let column = 0; column < n; column += 1) {
        result[to + (columnResult[column] ?? 0)] = sums[column] ?? 0;
      }
    }
  }
  return result;
}

/** One row of a product; four terms at a time, added in their order. */
function productRow(
  a: Float64Array,
  from: number,
  b: Float64Array,
  k: number,
  n: number,
  sums: Float64Array,
): void {
  sums.fill(0);
  let term = 0;
  for (; term + 4 <= k; term += 4) {
    const a0 = a[from + term] ?? 0;
    const a1 = a[from + term + 1] ?? 0;
    const a2 = a[from + term + 2] ?? 0;
    const a3 = a[from + term + 3] ?? 0;
    const b0 = term * n;
    const b1 = b0 + n;
    const b2 = b1 + n;
    const b3 = b2 + n;
    for (let column = 0; column < n; column += 1) {
      sums[column] =
        (sums[column] ?? 0) +
        a0 * (b[b0 + column] ?? 0) +
        a1 * (b[b1 + column] ?? 0) +
        a2 * (b[b2 + column] ?? 0) +
        a3 * (b[b3 + column] ?? 0);
    }
  }
  for (; term < k; term += 1) {
    const factor = a[from + term] ?? 0;
    const row = term * n;
    for (let column = 0; column < n; column += 1) {
      sums[column] = (sums[column] ?? 0) + factor * (b[row + column] ?? 0);
    }
  }
}
