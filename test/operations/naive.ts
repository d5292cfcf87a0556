import {
  axesAttribute,
  axisAttribute,
  booleanAttribute,
  numberAttribute,
  stringAttribute,
  valuesAttribute,
} from "../../compiler/operations/attributes.ts";
import { findRow } from "../../compiler/operations/table.ts";
import type { Axis, Node } from "../../compiler/operations/tensor.ts";
import { randomState, uniform } from "../../program/random.ts";

/** A tensor as a function of coordinates: slow, and too plain to be wrong in the way loops are. */
export type Entry = (at: ReadonlyMap<Axis, number>) => number;

/** Values row-major in the order of `axes`, as a function. */
export function entryOf(axes: readonly Axis[], values: ArrayLike<number>): Entry {
  return (at) => {
    const place = axes.reduce((sum, axis) => sum * axis.size + (at.get(axis) ?? Number.NaN), 0);
    return values[place] ?? Number.NaN;
  };
}

/** All coordinates along some axes, the last running fastest. */
export function coordinates(
  axes: readonly Axis[],
  start: ReadonlyMap<Axis, number> = new Map(),
): ReadonlyMap<Axis, number>[] {
  const [axis, ...rest] = axes;
  if (axis === undefined) return [start];
  return Array.from({ length: axis.size }).flatMap((_, entry) =>
    coordinates(rest, new Map(start).set(axis, entry)),
  );
}

/** What one operation means, read off its definition. */
export function naive(node: Node, operands: readonly Entry[]): Entry {
  const [a = () => Number.NaN, b = () => Number.NaN, c = () => Number.NaN] = operands;
  const attributes = node.attributes;
  const axis = () => axisAttribute(attributes, "axis");
  const over = () => axesAttribute(attributes, "over");
  const all = (at: ReadonlyMap<Axis, number>) => coordinates(over(), at);
  const move = (at: ReadonlyMap<Axis, number>, to: Axis, entry: number) =>
    new Map(at).set(to, entry);
  const evaluate = findRow(node.operation)?.evaluate;
  if (evaluate !== undefined) return (at) => evaluate(...operands.map((operand) => operand(at)));
  switch (node.operation) {
    case "sum":
      return (at) => all(at).reduce((sum, place) => sum + a(place), 0);
    case "max":
      return (at) => Math.max(...all(at).map(a));
    case "min":
      return (at) => Math.min(...all(at).map(a));
    case "log_sum_exp":
      return (at) => Math.log(all(at).reduce((sum, place) => sum + Math.exp(a(place)), 0));
    case "softmax":
      return (at) => Math.exp(a(at)) / all(at).reduce((sum, place) => sum + Math.exp(a(place)), 0);
    case "argmax":
      return (at) => {
        const row = all(at).map(a);
        return row.indexOf(Math.max(...row));
      };
    case "dot":
      return (at) => all(at).reduce((sum, place) => sum + a(place) * b(place), 0);
    case "rename":
      return (at) =>
        a(
          move(
            at,
            axisAttribute(attributes, "from"),
            at.get(axisAttribute(attributes, "to")) ?? -1,
          ),
        );
    case "expand":
      return a;
    case "shift":
      return (at) => {
        const from = (at.get(axis()) ?? 0) - numberAttribute(attributes, "amount");
        return from < 0 || from >= axis().size ? 0 : a(move(at, axis(), from));
      };
    case "part":
      return (at) => {
        const into = at.get(axisAttribute(attributes, "into")) ?? 0;
        return a(move(at, axis(), into + numberAttribute(attributes, "start")));
      };
    case "join":
      return (at) => {
        let place = at.get(axisAttribute(attributes, "into")) ?? 0;
        for (const [index, piece] of axesAttribute(attributes, "axes").entries()) {
          if (place < piece.size) return operands[index]?.(move(at, piece, place)) ?? Number.NaN;
          place -= piece.size;
        }
        return Number.NaN;
      };
    case "split":
      return (at) => {
        const into = axesAttribute(attributes, "into");
        const place = into.reduce((sum, one) => sum * one.size + (at.get(one) ?? 0), 0);
        return a(move(at, axis(), place));
      };
    case "merge":
      return (at) => {
        let place = at.get(axisAttribute(attributes, "into")) ?? 0;
        const inside = new Map(at);
        for (const one of [...axesAttribute(attributes, "axes")].reverse()) {
          inside.set(one, place % one.size);
          place = Math.floor(place / one.size);
        }
        return a(inside);
      };
    case "take":
      return (at) => a(move(at, axis(), numberAttribute(attributes, "at")));
    case "reverse":
      return (at) => a(move(at, axis(), axis().size - 1 - (at.get(axis()) ?? 0)));
    case "gather":
      return (at) => a(move(at, axis(), b(at)));
    case "scatter_add": {
      const keep = axesAttribute(attributes, "keep");
      const ids = node.inputs[1]?.axes ?? [];
      const summed = ids.filter((own) => !keep.includes(own));
      return (at) =>
        coordinates(summed, at).reduce(
          (sum, place) => sum + (b(place) === at.get(axis()) ? a(place) : 0),
          0,
        );
    }
    case "store": {
      const from = axisAttribute(attributes, "from");
      return (at) => {
        const hit = coordinates([from], at).find((place) => c(place) === at.get(axis()));
        return hit === undefined ? a(at) : b(hit);
      };
    }
    case "cumulative": {
      const reverse = booleanAttribute(attributes, "reverse");
      return (at) => {
        const own = at.get(axis()) ?? 0;
        return coordinates([axis()], at).reduce((sum, place) => {
          const other = place.get(axis()) ?? 0;
          return (reverse ? other >= own : other <= own) ? sum + a(place) : sum;
        }, 0);
      };
    }
    case "constant":
      return () => numberAttribute(attributes, "value");
    case "table":
      return entryOf(axesAttribute(attributes, "axes"), valuesAttribute(attributes));
    case "index":
      return (at) => at.get(axis()) ?? Number.NaN;
    case "size":
      return () => axis().size;
    case "random": {
      const state = randomState(
        numberAttribute(attributes, "seed"),
        stringAttribute(attributes, "key"),
      );
      const axes = axesAttribute(attributes, "axes");
      return (at) =>
        uniform(
          state,
          axes.reduce((sum, one) => sum * one.size + (at.get(one) ?? 0), 0),
        );
    }
    default:
      throw new Error(`no meaning is written down for ${node.operation}`);
  }
}
