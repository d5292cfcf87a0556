import { invariant } from "../../../program/invariant.ts";
import { entries } from "../../operations/shape.ts";
import { findRow } from "../../operations/table.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import { allocate, offsetsOf, type Precision, stridesOf, type Values } from "./strides.ts";

/** Applies the row's scalar function to broadcast operands. */
export function elementWise(node: Node, operands: readonly Values[], precision: Precision): Values {
  const evaluate = findRow(node.operation)?.evaluate;
  invariant(evaluate !== undefined, `${node.operation} has no scalar function`);
  const result = allocate(node, precision);
  const plan = broadcast(node);
  const [a, b, c] = operands;
  const [outerA, outerB, outerC] = plan.outer;
  const [stepA = 0, stepB = 0, stepC = 0] = plan.steps;
  const { inner, blocks } = plan;
  let place = 0;
  for (let block = 0; block < blocks; block += 1) {
    let atA = outerA?.[block] ?? 0;
    let atB = outerB?.[block] ?? 0;
    let atC = outerC?.[block] ?? 0;
    const end = place + inner;
    if (b === undefined) {
      for (; place < end; place += 1, atA += stepA) result[place] = evaluate(a?.[atA] ?? 0);
    } else if (c === undefined) {
      for (; place < end; place += 1, atA += stepA, atB += stepB) {
        result[place] = evaluate(a?.[atA] ?? 0, b[atB] ?? 0);
      }
    } else {
      for (; place < end; place += 1, atA += stepA, atB += stepB, atC += stepC) {
        result[place] = evaluate(a?.[atA] ?? 0, b[atB] ?? 0, c[atC] ?? 0);
      }
    }
  }
  return result;
}

interface Broadcast {
  /** Length of the runs through which every operand either walks in step or stands still. */
  readonly inner: number;
  readonly blocks: number;
  readonly steps: readonly number[];
  readonly outer: readonly Int32Array[];
}

function broadcast(node: Node): Broadcast {
  const axes = node.axes;
  const own = stridesOf(axes);
  const operands = node.inputs.map((input) => ({ strides: stridesOf(input.axes) }));
  let first = axes.length;
  const moves: (number | undefined)[] = operands.map(() => undefined);
  while (first > 0) {
    const axis = axes[first - 1];
    if (axis === undefined || !joins(axis, own, operands, moves)) break;
    first -= 1;
  }
  const prefix = axes.slice(0, first);
  const inner = entries(axes.slice(first));
  return {
    inner,
    blocks: entries(prefix),
    steps: moves.map((move) => move ?? 0),
    outer: operands.map(({ strides }) =>
      offsetsOf(prefix.map((axis) => ({ size: axis.size, stride: strides.get(axis) ?? 0 }))),
    ),
  };
}

/** Whether the axis extends the common run, in which each operand moves by 1 or by 0. */
function joins(
  axis: Axis,
  own: ReadonlyMap<Axis, number>,
  operands: readonly { readonly strides: ReadonlyMap<Axis, number> }[],
  moves: (number | undefined)[],
): boolean {
  const next = operands.map(({ strides }, place) => {
    const stride = strides.get(axis) ?? 0;
    const move = stride === 0 ? 0 : stride === own.get(axis) ? 1 : undefined;
    const before = moves[place];
    return move !== undefined && (before === undefined || before === move) ? move : undefined;
  });
  if (next.some((move) => move === undefined)) return false;
  for (const [place, move] of next.entries()) moves[place] = move;
  return true;
}
