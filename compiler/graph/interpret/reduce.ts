import { axesAttribute } from "../../operations/attributes.ts";
import { withoutAxes } from "../../operations/shape.ts";
import type { Node } from "../../operations/tensor.ts";
import {
  allocate,
  loopsOver,
  offsetsOf,
  type Precision,
  stridesOf,
  type Values,
} from "./strides.ts";

/** Reductions of one operand: entry (o, k) of it is at `starts[o] + steps[k]`. */
export function reduce(node: Node, operands: readonly Values[], precision: Precision): Values {
  const [input = node] = node.inputs;
  const [x = allocate(input, precision)] = operands;
  const over = axesAttribute(node.attributes, "over");
  const strides = stridesOf(input.axes);
  const kept = withoutAxes(input.axes, over);
  const starts = offsetsOf(loopsOver(kept, strides));
  const steps = offsetsOf(loopsOver(over, strides));
  const result = allocate(node, precision);
  if (node.operation === "softmax") {
    for (const start of starts) softmaxRow(x, result, start, steps);
    return result;
  }
  const row = rowFunction(node.operation);
  for (const [place, start] of starts.entries()) result[place] = row(x, start, steps);
  return result;
}

type RowFunction = (x: Values, start: number, steps: Int32Array) => number;

function rowFunction(operation: string): RowFunction {
  switch (operation) {
    case "sum":
      return sumOf;
    case "max":
      return maximumOf;
    case "min":
      return (x, start, steps) => {
        let least = Number.POSITIVE_INFINITY;
        for (const step of steps) least = Math.min(least, x[start + step] ?? 0);
        return least;
      };
    case "argmax":
      return argmaxOf;
    default:
      return (x, start, steps) => {
        const greatest = maximumOf(x, start, steps);
        if (!Number.isFinite(greatest)) return greatest;
        let sum = 0;
        for (const step of steps) sum += Math.exp((x[start + step] ?? 0) - greatest);
        return greatest + Math.log(sum);
      };
  }
}

function sumOf(x: Values, start: number, steps: Int32Array): number {
  let sum = 0;
  for (const step of steps) sum += x[start + step] ?? 0;
  return sum;
}

function maximumOf(x: Values, start: number, steps: Int32Array): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (const step of steps) greatest = Math.max(greatest, x[start + step] ?? 0);
  return greatest;
}

function argmaxOf(x: Values, start: number, steps: Int32Array): number {
  let best = 0;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const [place, step] of steps.entries()) {
    const value = x[start + step] ?? 0;
    if (value > greatest) {
      greatest = value;
      best = place;
    }
  }
  return best;
}

/** A row of nothing but −∞ is 0 by definition. */
function softmaxRow(x: Values, result: Values, start: number, steps: Int32Array): void {
  const greatest = maximumOf(x, start, steps);
  if (greatest === Number.NEGATIVE_INFINITY) return;
  let sum = 0;
  for (const step of steps) {
    const value = Math.exp((x[start + step] ?? 0) - greatest);
    result[start + step] = value;
    sum += value;
  }
  for (const step of steps) result[start + step] = (result[start + step] ?? 0) / sum;
}
