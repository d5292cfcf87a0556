import { axesAttribute, axisAttribute, booleanAttribute } from "../../operations/attributes.ts";
import { withoutAxes } from "../../operations/shape.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import {
  allocate,
  loopsOver,
  offsetsOf,
  type Precision,
  stridesOf,
  type Values,
} from "./strides.ts";

function places(axes: readonly Axis[], of: readonly Axis[]): Int32Array {
  return offsetsOf(loopsOver(axes, stridesOf(of)));
}

/** Rows of a table: loops over the ids, then over what is left of the table. */
export function gather(node: Node, operands: readonly Values[], precision: Precision): Values {
  const [table = node, ids = node] = node.inputs;
  const result = allocate(node, precision);
  const [from = result, at = result] = operands;
  const axis = axisAttribute(node.attributes, "axis");
  const rest = withoutAxes(table.axes, [axis, ...ids.axes]);
  const strides = stridesOf(table.axes);
  const stride = strides.get(axis) ?? 0;
  // The ids may have the very axis that is looked up (a permutation of it): it is no batch axis then.
  const batch = offsetsOf(
    ids.axes.map((own) => ({
      size: own.size,
      stride: own === axis ? 0 : (strides.get(own) ?? 0),
    })),
  );
  const batchResult = places(ids.axes, node.axes);
  const restTable = places(rest, table.axes);
  const restResult = places(rest, node.axes);
  for (let entry = 0; entry < at.length; entry += 1) {
    const source = (at[entry] ?? 0) * stride + (batch[entry] ?? 0);
    const target = batchResult[entry] ?? 0;
    for (let place = 0; place < restTable.length; place += 1) {
      result[target + (restResult[place] ?? 0)] =
        from[source + (restTable[place] ?? 0)] ?? Number.NaN;
    }
  }
  return result;
}

/** Adds rows up by id, in the order of the ids. */
export function scatterAdd(node: Node, operands: readonly Values[], precision: Precision): Values {
  const [values = node, ids = node] = node.inputs;
  const result = allocate(node, precision);
  const [from = result, at = result] = operands;
  const axis = axisAttribute(node.attributes, "axis");
  const keep = axesAttribute(node.attributes, "keep");
  const strides = stridesOf(node.axes);
  const stride = strides.get(axis) ?? 0;
  const rest = withoutAxes(values.axes, ids.axes);
  const batch = offsetsOf(
    ids.axes.map((own) => ({
      size: own.size,
      stride: keep.includes(own) ? (strides.get(own) ?? 0) : 0,
    })),
  );
  const source = places(ids.axes, values.axes);
  const restValues = places(rest, values.axes);
  const restResult = places(rest, node.axes);
  const sums = new Float64Array(result.length);
  for (let entry = 0; entry < at.length; entry += 1) {
    const target = (at[entry] ?? 0) * stride + (batch[entry] ?? 0);
    const start = source[entry] ?? 0;
    for (let place = 0; place < restValues.length; place += 1) {
      const to = target + (restResult[place] ?? 0);
      sums[to] = (sums[to] ?? 0) + (from[start + (restValues[place] ?? 0)] ?? 0);
    }
  }
  result.set(sums);
  return result;
}

/** The buffer with rows written at their places; places outside of it are left out. */
export function store(node: Node, operands: readonly Values[], precision: Precision): Values {
  const [, rows = node, where = node] = node.inputs;
  const result = allocate(node, precision);
  const [buffer = result, from = result, at = result] = operands;
  result.set(buffer);
  const axis = axisAttribute(node.attributes, "axis");
  const strides = stridesOf(node.axes);
  const stride = strides.get(axis) ?? 0;
  const rest = withoutAxes(rows.axes, where.axes);
  const batch = offsetsOf(loopsOver(where.axes, strides));
  const source = places(where.axes, rows.axes);
  const restRows = places(rest, rows.axes);
  const restResult = places(rest, node.axes);
  for (let entry = 0; entry < at.length; entry += 1) {
    const place = at[entry] ?? -1;
    if (place < 0 || place >= axis.size) continue;
    const target = place * stride + (batch[entry] ?? 0);
    const start = source[entry] ?? 0;
    for (let row = 0; row < restRows.length; row += 1) {
      result[target + (restResult[row] ?? 0)] = from[start + (restRows[row] ?? 0)] ?? 0;
    }
  }
  return result;
}

/** Running sums, in f64 whatever the precision of what is kept. */
export function cumulative(node: Node, operands: readonly Values[], precision: Precision): Values {
  const result = allocate(node, precision);
  const [x = result] = operands;
  const axis = axisAttribute(node.attributes, "axis");
  const reverse = booleanAttribute(node.attributes, "reverse");
  const stride = stridesOf(node.axes).get(axis) ?? 1;
  const starts = places(withoutAxes(node.axes, [axis]), node.axes);
  for (const start of starts) {
    let sum = 0;
    for (let step = 0; step < axis.size; step += 1) {
      const place = start + (reverse ? axis.size - 1 - step : step) * stride;
      sum += x[place] ?? 0;
      result[place] = sum;
    }
  }
  return result;
}
