import type { Axis, Node } from "../../operations/tensor.ts";
import { constantOf } from "../simplify/element-wise.ts";
import { combinedLower } from "./constancy.ts";
import {
  bothImply,
  eitherImplies,
  type Finding,
  findingsOf,
  type Implications,
  impliesNothing,
  type Knowledge,
  type Lower,
  nothing,
} from "./knowledge.ts";

/** Element-wise operations: the greatest of the operands' classes, and the constant above time. */
export function elementWiseKnowledge(
  node: Node,
  operands: readonly Knowledge[],
  time: Axis,
): Knowledge {
  const lower = new Map<Axis, Lower>();
  if (node.axes.includes(time)) {
    for (const axis of node.axes) {
      const made = axis.copyOf === time ? lowerOf(node, operands, axis) : undefined;
      if (made !== undefined) lower.set(axis, made);
    }
  }
  return {
    ...nothing,
    leaks: findingsOf(operands.map((operand) => operand.leaks)),
    crossings: crossingsOf(node, operands, time),
    lower,
    implies: implicationsOf(node, operands, time),
    place: passedThrough(node) ? operands[0]?.place : undefined,
    segment: passedThrough(node) ? operands[0]?.segment : undefined,
    distance: distanceOf(node, operands, time),
  };
}

/** Numbers keep what they say when they become real or lose their gradient. */
function passedThrough(node: Node): boolean {
  return node.operation === "to_real" || node.operation === "stop_gradient";
}

function lowerOf(node: Node, operands: readonly Knowledge[], copy: Axis): Lower | undefined {
  const masked = lowerOfMask(node, operands, copy);
  if (masked !== undefined) return masked;
  return combinedLower(
    node.operation,
    operands.map((operand) => operand.lower.get(copy)),
    node.inputs.map(constantOf),
  );
}

/** `select(p, x, c)` where p says that the copy is at or before time. */
function lowerOfMask(node: Node, [condition]: readonly Knowledge[], copy: Axis): Lower | undefined {
  const value = node.operation === "select" ? constantOf(node.inputs[2]) : undefined;
  if (value === undefined || condition?.implies.past.has(copy) !== true) return undefined;
  const { segment, window } = condition.implies;
  return { value, segmented: segment.has(copy), window: window.get(copy) };
}

function implicationsOf(
  node: Node,
  [a = nothing, b = nothing]: readonly Knowledge[],
  time: Axis,
): Implications {
  switch (node.operation) {
    case "and":
      return bothImply(a.implies, b.implies);
    case "or":
      return eitherImplies(a.implies, b.implies);
    case "less":
    case "less_equal": {
      if (a.place?.copyOf === time && b.place === time) {
        return { ...impliesNothing, past: new Set([a.place]) };
      }
      const width = constantOf(node.inputs[1]);
      if (a.distance === undefined || width === undefined) return impliesNothing;
      const entries = node.operation === "less" ? Math.ceil(width) : Math.floor(width) + 1;
      return { ...impliesNothing, window: new Map([[a.distance, entries]]) };
    }
    case "equal":
      return segmentImplications(a, b, time);
    default:
      return impliesNothing;
  }
}

function segmentImplications(a: Knowledge, b: Knowledge, time: Axis): Implications {
  const [left, right] = [a.segment, b.segment];
  if (left === undefined || right === undefined) return impliesNothing;
  const own = [left, right].find((side) => side.axis === time && side.shift === 0);
  const other = own === left ? right : left;
  if (own === undefined) return impliesNothing;
  if (other.axis === time) return { ...impliesNothing, shift: new Set([other.shift]) };
  return other.shift === 0 ? { ...impliesNothing, segment: new Set([other.axis]) } : impliesNothing;
}

function distanceOf(node: Node, [a, b]: readonly Knowledge[], time: Axis): Axis | undefined {
  if (passedThrough(node)) return a?.distance;
  if (node.operation !== "subtract" || a?.place !== time) return undefined;
  return b?.place?.copyOf === time ? b.place : undefined;
}

/**
 * To compare segments crosses none. Nor does a shift, where it is chosen only if the earlier entry is
 * of the same segment.
 */
function crossingsOf(node: Node, operands: readonly Knowledge[], time: Axis): readonly Finding[] {
  const all = operands.map((operand) => operand.crossings);
  if (node.operation === "equal") {
    const implies = implicationsOf(node, operands, time);
    return implies.shift.size > 0 ? [] : findingsOf(all);
  }
  const [condition] = operands;
  const chosen = node.inputs[1];
  const amount = chosen?.attributes["amount"];
  const within =
    node.operation === "select" &&
    chosen?.operation === "shift" &&
    typeof amount === "number" &&
    condition?.implies.shift.has(amount) === true;
  return within ? findingsOf(all).filter((finding) => finding.node !== chosen) : findingsOf(all);
}
