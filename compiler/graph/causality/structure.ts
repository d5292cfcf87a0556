import {
  axesAttribute,
  axisAttribute,
  booleanAttribute,
  numberAttribute,
} from "../../operations/attributes.ts";
import { findRow } from "../../operations/table.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import { combinedLower, constantReduction, type Known, neededMask } from "./constancy.ts";
import {
  type CrossingReason,
  commonLower,
  type Finding,
  findingsOf,
  type Knowledge,
  type LeakReason,
  type Lower,
  nothing,
} from "./knowledge.ts";

/** What the rules for whole axes know of their surroundings. */
export interface Surroundings {
  readonly time: Axis;
  readonly batch: Axis | undefined;
  /** Told of every reduction over a copy, and of the window that its mask leaves. */
  readonly noteReach: (copy: Axis, window: number | undefined) => void;
  readonly report: (
    node: Node,
    property: Finding["property"],
    reason: LeakReason | CrossingReason,
    axis?: Axis,
    numbers?: { readonly needed: number; readonly found: Known },
  ) => Finding;
}

/** Operations that look along an axis: reductions, products, views, gathers, running sums. */
export function structureKnowledge(
  node: Node,
  operands: readonly Knowledge[],
  around: Surroundings,
): Knowledge {
  const base: Knowledge = {
    ...nothing,
    leaks: findingsOf(operands.map((operand) => operand.leaks)),
    crossings: findingsOf(operands.map((operand) => operand.crossings)),
  };
  switch (findRow(node.operation)?.family) {
    case "reduce":
      return reduced(
        node,
        axesAttribute(node.attributes, "over"),
        operands[0]?.lower ?? new Map(),
        base,
        around,
      );
    case "contract":
      return reduced(
        node,
        axesAttribute(node.attributes, "over"),
        productLower(node, operands, around.time),
        base,
        around,
      );
    case "view":
      return viewed(node, operands, base, around);
    case "recurrence":
      return moved(
        node,
        base,
        around,
        booleanAttribute(node.attributes, "reverse"),
        "running-sum-crosses-segment",
      );
    case "gather":
      return along(node, [axisAttribute(node.attributes, "axis")], base, around);
    default: {
      // Scatters sum over the axes of their ids.
      const [, ids] = node.inputs;
      const keep = node.operation === "scatter_add" ? axesAttribute(node.attributes, "keep") : [];
      const summed = (ids?.axes ?? []).filter((axis) => !keep.includes(axis));
      return along(node, [axisAttribute(node.attributes, "axis"), ...summed], base, around);
    }
  }
}

function isTime(axis: Axis, time: Axis): boolean {
  return axis === time || axis.copyOf === time;
}

/** One fault is enough: what follows from it is not reported. */
function leaking(base: Knowledge, ...findings: readonly Finding[]): Knowledge {
  if (base.leaks.length > 0) return base;
  return { ...base, leaks: findingsOf([base.leaks, findings]) };
}

/** Refuses axes of time, and the batch. */
function along(
  node: Node,
  axes: readonly Axis[],
  base: Knowledge,
  { time, batch, report }: Surroundings,
): Knowledge {
  const own = axes.find((axis) => isTime(axis, time));
  if (own !== undefined) return leaking(base, report(node, "causal", "reorders-time", own));
  const rows = axes.find((axis) => axis === batch);
  return rows === undefined ? base : leaking(base, report(node, "causal", "mixes-batch", rows));
}

function reduced(
  node: Node,
  over: readonly Axis[],
  lower: ReadonlyMap<Axis, Lower>,
  base: Knowledge,
  { time, batch, report, noteReach }: Surroundings,
): Knowledge {
  if (over.includes(time)) return leaking(base, report(node, "causal", "reduces-time", time));
  if (batch !== undefined && over.includes(batch)) {
    return leaking(base, report(node, "causal", "mixes-batch", batch));
  }
  const copies = over.filter((axis) => axis.copyOf === time);
  const others = over.filter((axis) => axis.copyOf !== time);
  const needed = neededMask(node.operation);
  const findings: Finding[] = [];
  const crossings: Finding[] = [];
  for (const copy of copies) {
    const mask = lower.get(copy);
    noteReach(copy, mask?.value === needed ? mask?.window : undefined);
    if (needed === undefined) findings.push(report(node, "causal", "reduces-time", copy));
    else if (mask === undefined || mask.value !== needed) {
      const numbers = { needed, found: mask?.value };
      findings.push(report(node, "causal", "not-masked", copy, numbers));
    } else if (!mask.segmented && base.crossings.length === 0) {
      crossings.push(report(node, "separate", "mask-lacks-segment", copy));
    }
  }
  const kept = new Map<Axis, Lower>();
  for (const [axis, { value, segmented, window }] of lower) {
    if (!node.axes.includes(axis)) continue;
    // Over a copy a region of zeros sums to 0; over other axes the region stays one number.
    const operation = node.operation === "dot" ? "sum" : node.operation;
    const result =
      copies.length > 0 && operation !== "softmax" && value !== needed
        ? undefined
        : constantReduction(operation, value, operation === "softmax" ? over : others);
    if (result !== undefined) kept.set(axis, { value: result, segmented, window });
  }
  return {
    ...leaking(base, ...findings),
    crossings: findingsOf([base.crossings, crossings]),
    lower: kept,
  };
}

/** Constants above time of a · b, before it is summed. */
function productLower(
  node: Node,
  operands: readonly Knowledge[],
  time: Axis,
): ReadonlyMap<Axis, Lower> {
  const lower = new Map<Axis, Lower>();
  const axes = new Set(node.inputs.flatMap((input) => input.axes));
  if (!axes.has(time)) return lower;
  for (const axis of axes) {
    if (axis.copyOf !== time) continue;
    const lowers = operands.map((operand) => operand.lower.get(axis));
    const made = combinedLower("multiply", lowers, []);
    if (made !== undefined) lower.set(axis, made);
  }
  return lower;
}

function viewed(
  node: Node,
  operands: readonly Knowledge[],
  base: Knowledge,
  around: Surroundings,
): Knowledge {
  const [operand = nothing] = operands;
  const { time } = around;
  switch (node.operation) {
    case "rename":
      return renamed(node, operand, base, around);
    case "expand":
      // Facts hold all along a new axis.
      return { ...base, lower: operand.lower, implies: operand.implies };
    case "shift":
      return moved(
        node,
        base,
        around,
        numberAttribute(node.attributes, "amount") < 0,
        "shift-crosses-segment",
        operand,
      );
    case "join": {
      const axes = [
        ...axesAttribute(node.attributes, "axes"),
        axisAttribute(node.attributes, "into"),
      ];
      return along(node, axes, { ...base, lower: lowerOfAll(operands) }, around);
    }
    case "split":
      return along(
        node,
        [axisAttribute(node.attributes, "axis")],
        { ...base, lower: operand.lower },
        around,
      );
    case "merge":
      return along(
        node,
        axesAttribute(node.attributes, "axes"),
        { ...base, lower: operand.lower },
        around,
      );
    default: {
      // part, take, reverse
      const axis = axisAttribute(node.attributes, "axis");
      return isTime(axis, time) || axis === around.batch
        ? along(node, [axis], base, around)
        : { ...base, lower: operand.lower };
    }
  }
}

function lowerOfAll(operands: readonly Knowledge[]): ReadonlyMap<Axis, Lower> {
  const [first, ...rest] = operands;
  const lower = new Map<Axis, Lower>();
  for (const [axis, own] of first?.lower ?? []) {
    const common = rest.reduce<Lower | undefined>(
      (before, operand) =>
        before === undefined ? undefined : commonLower(before, operand.lower.get(axis)),
      own,
    );
    if (common !== undefined) lower.set(axis, common);
  }
  return lower;
}

function renamed(
  node: Node,
  operand: Knowledge,
  base: Knowledge,
  { time, batch, report }: Surroundings,
): Knowledge {
  const from = axisAttribute(node.attributes, "from");
  const to = axisAttribute(node.attributes, "to");
  const [input] = node.inputs;
  if (from === batch) return leaking(base, report(node, "causal", "mixes-batch", from));
  if (!isTime(from, time)) {
    return isTime(to, time)
      ? leaking(base, report(node, "causal", "renames-time", to))
      : { ...base, lower: operand.lower, implies: operand.implies };
  }
  if (!isTime(to, time)) return leaking(base, report(node, "causal", "renames-time", to));
  const others = (input?.axes ?? []).filter((axis) => axis !== from && isTime(axis, time));
  if (others.length > 0 || from !== time) {
    return leaking(base, report(node, "causal", "copies-a-copy", to));
  }
  return {
    ...base,
    place: operand.place === time ? to : undefined,
    segment: operand.segment === undefined ? undefined : { ...operand.segment, axis: to },
  };
}

/** Shifts and running sums; along axes that are not time they change nothing but constants. */
function moved(
  node: Node,
  base: Knowledge,
  { time, batch, report }: Surroundings,
  fromLater: boolean,
  crossing: CrossingReason,
  operand: Knowledge = nothing,
): Knowledge {
  const axis = axisAttribute(node.attributes, "axis");
  if (axis === batch) return leaking(base, report(node, "causal", "mixes-batch", axis));
  if (!isTime(axis, time)) {
    const zeros = [...operand.lower].filter(([, lower]) => lower.value === 0);
    return { ...base, lower: new Map(zeros) };
  }
  if (node.axes.some((own) => own.copyOf === time)) {
    return leaking(base, report(node, "causal", "moves-along-a-copy", axis));
  }
  if (fromLater) return leaking(base, report(node, "causal", "shifts-from-later", axis));
  const crossed = report(node, "separate", crossing, axis);
  const amount = node.attributes["amount"];
  const segment =
    operand.segment?.axis === time && typeof amount === "number"
      ? { axis: time, shift: operand.segment.shift + amount }
      : undefined;
  return { ...base, crossings: findingsOf([base.crossings, [crossed]]), segment };
}
