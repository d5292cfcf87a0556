import { entries } from "../../operations/shape.ts";
import type { Axis, Node } from "../../operations/tensor.ts";

/** Values of the interpreter: contiguous, row-major in the order of `node.axes`. */
export type Values = Float64Array | Float32Array;

/** One loop: how often, and how far the other side moves each time. */
export interface Loop {
  readonly size: number;
  readonly stride: number;
}

/** Distance between neighbours along each axis of a contiguous tensor. */
export function stridesOf(axes: readonly Axis[]): ReadonlyMap<Axis, number> {
  const strides = new Map<Axis, number>();
  let stride = 1;
  for (let place = axes.length - 1; place >= 0; place -= 1) {
    const axis = axes[place];
    if (axis === undefined) continue;
    strides.set(axis, stride);
    stride *= axis.size;
  }
  return strides;
}

/** Loops over `axes` through a tensor that may lack some of them (it stays where it is there). */
export function loopsOver(axes: readonly Axis[], strides: ReadonlyMap<Axis, number>): Loop[] {
  return axes.map((axis) => ({ size: axis.size, stride: strides.get(axis) ?? 0 }));
}

/** Offsets that nested loops visit, in their order. */
export function offsetsOf(loops: readonly Loop[], base = 0): Int32Array {
  const count = loops.reduce((product, loop) => product * loop.size, 1);
  const offsets = new Int32Array(count);
  if (count === 0) return offsets;
  offsets[0] = base;
  let filled = 1;
  // From the innermost loop out: each repeats what is filled, moved by its stride.
  for (let place = loops.length - 1; place >= 0; place -= 1) {
    const loop = loops[place];
    if (loop === undefined) continue;
    for (let step = 1; step < loop.size; step += 1) {
      const start = step * filled;
      const move = step * loop.stride;
      for (let entry = 0; entry < filled; entry += 1) {
        offsets[start + entry] = (offsets[entry] ?? 0) + move;
      }
    }
    filled *= loop.size;
  }
  return offsets;
}

export type Precision = "f64" | "f32";

/** Room for a node's values; ints and truth values are exact in f64 whatever the precision. */
export function allocate(type: Pick<Node, "axes" | "element">, precision: Precision): Values {
  const count = entries(type.axes);
  return precision === "f32" && type.element === "real"
    ? new Float32Array(count)
    : new Float64Array(count);
}

/** `target` filled in order with what nested loops visit in `source`. */
export function copyLoops(
  target: Values,
  source: ArrayLike<number>,
  loops: readonly Loop[],
  base = 0,
): void {
  const inner = loops.at(-1);
  if (inner === undefined) {
    target[0] = source[base] ?? 0;
    return;
  }
  const outer = offsetsOf(loops.slice(0, -1), base);
  let place = 0;
  for (const start of outer) {
    for (let step = 0, from = start; step < inner.size; step += 1, from += inner.stride) {
      target[place] = source[from] ?? 0;
      place += 1;
    }
  }
}

/** The inverse of `copyLoops`: what is in order in `source` goes to where the loops point. */
export function writeLoops(
  target: Values,
  source: ArrayLike<number>,
  loops: readonly Loop[],
  base = 0,
): void {
  const inner = loops.at(-1);
  if (inner === undefined) {
    target[base] = source[0] ?? 0;
    return;
  }
  const outer = offsetsOf(loops.slice(0, -1), base);
  let place = 0;
  for (const start of outer) {
    for (let step = 0, to = start; step < inner.size; step += 1, to += inner.stride) {
      target[to] = source[place] ?? 0;
      place += 1;
    }
  }
}

/** Values in another order of axes. */
export function reordered(
  source: ArrayLike<number>,
  from: readonly Axis[],
  to: readonly Axis[],
  target: Values,
): Values {
  copyLoops(target, source, loopsOver(to, stridesOf(from)));
  return target;
}
