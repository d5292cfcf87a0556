import type { ShapeProblem } from "./row.ts";
import type { Axis, Element, TensorType } from "./tensor.ts";

/** Sets of axes, and what shape rules have in common. */

export function sortedAxes(axes: readonly Axis[]): readonly Axis[] {
  return areSorted(axes) ? axes : [...axes].sort((a, b) => a.id - b.id);
}

function areSorted(axes: readonly Axis[]): boolean {
  let before = Number.NEGATIVE_INFINITY;
  for (const { id } of axes) {
    if (id <= before) return false;
    before = id;
  }
  return true;
}

/** All axes of the sets, in ascending order of id. */
export function unionAxes(...sets: readonly (readonly Axis[])[]): readonly Axis[] {
  const [first = [], ...others] = sets;
  if (others.every((set) => set === first || set.length === 0)) return sortedAxes(first);
  const largest = others.reduce((most, set) => (set.length > most.length ? set : most), first);
  const contained = sets.every(
    (set) => set === largest || set.every((axis) => largest.includes(axis)),
  );
  return sortedAxes(contained ? largest : [...new Set(sets.flat())]);
}

export function withoutAxes(axes: readonly Axis[], removed: readonly Axis[]): readonly Axis[] {
  return axes.filter((axis) => !removed.includes(axis));
}

export function commonAxes(left: readonly Axis[], right: readonly Axis[]): readonly Axis[] {
  return left.filter((axis) => right.includes(axis));
}

export function sameAxes(left: readonly Axis[], right: readonly Axis[]): boolean {
  return left.length === right.length && left.every((axis) => right.includes(axis));
}

/** Number of entries; NaN where a size is not known. */
export function entries(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * axis.size, 1);
}

/** Sizes that are not known (NaN) agree with every size. */
export function sizesDiffer(left: number, right: number): boolean {
  return left !== right && !Number.isNaN(left) && !Number.isNaN(right);
}

export function problem(
  kind: ShapeProblem["problem"],
  detail: string,
  axes: readonly Axis[] = [],
): ShapeProblem {
  return { problem: kind, axes, detail };
}

export function tensor(axes: readonly Axis[], element: Element): TensorType {
  return { axes, element };
}

/** Refuses axes that the operand lacks, or that are named twice. */
export function mustHave(
  operand: TensorType,
  axes: readonly Axis[],
  what: string,
): ShapeProblem | undefined {
  const missing = axes.filter((axis) => !operand.axes.includes(axis));
  if (missing.length > 0) return problem("missing-axis", what, missing);
  if (new Set(axes).size !== axes.length) return problem("duplicate-axis", what, axes);
  return undefined;
}

export function mustNotHave(
  operand: TensorType,
  axes: readonly Axis[],
  what: string,
): ShapeProblem | undefined {
  const present = axes.filter((axis) => operand.axes.includes(axis));
  if (present.length > 0) return problem("duplicate-axis", what, present);
  return undefined;
}

/** The element that numbers of these elements have together, or a refusal of bools. */
export function commonNumber(inputs: readonly TensorType[], what: string): Element | ShapeProblem {
  if (inputs.some((input) => input.element === "bool")) {
    return problem("element", `${what} takes numbers, not truth values`);
  }
  return inputs.some((input) => input.element === "real") ? "real" : "int";
}
