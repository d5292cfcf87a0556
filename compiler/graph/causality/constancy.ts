import { entries } from "../../operations/shape.ts";
import { findRow } from "../../operations/table.ts";
import type { Axis } from "../../operations/tensor.ts";
import type { Lower } from "./knowledge.ts";

/** An operand where a region is looked at: its number, if it is one whatever else is. */
export type Known = number | undefined;

/**
 * The number that an element-wise operation gives whatever the operands are that are not known (0 · x,
 * −∞ + x), or `undefined`.
 */
export function constantResult(operation: string, operands: readonly Known[]): Known {
  if (operands.every((operand) => operand !== undefined)) {
    return findRow(operation)?.evaluate?.(...operands);
  }
  const [a, b, c] = operands;
  switch (operation) {
    case "multiply":
    case "and":
      return a === 0 || b === 0 ? 0 : undefined;
    case "divide":
      return a === 0 ? 0 : undefined;
    case "add":
      return infinite(a) ?? infinite(b);
    case "subtract":
      return infinite(a) ?? (infinite(b) === undefined ? undefined : -(b ?? 0));
    case "minimum":
      return operands.includes(Number.NEGATIVE_INFINITY) ? Number.NEGATIVE_INFINITY : undefined;
    case "maximum":
      return operands.includes(Number.POSITIVE_INFINITY) ? Number.POSITIVE_INFINITY : undefined;
    case "or":
      return operands.some((operand) => operand !== undefined && operand !== 0) ? 1 : undefined;
    case "select":
      if (a !== undefined) return a === 0 ? c : b;
      return b !== undefined && Object.is(b, c) ? b : undefined;
    default:
      return undefined;
  }
}

/**
 * The region in which an element-wise operation gives one number, from those of its operands and from
 * operands that are one number everywhere.
 */
export function combinedLower(
  operation: string,
  lowers: readonly (Lower | undefined)[],
  constants: readonly Known[],
): Lower | undefined {
  const where = (holds: (lower: Lower) => boolean): Known =>
    constantResult(
      operation,
      lowers.map((lower, place) =>
        lower !== undefined && holds(lower) ? lower.value : constants[place],
      ),
    );
  const value = where(() => true);
  if (value === undefined) return undefined;
  const windows = lowers.flatMap((lower) => (lower?.window === undefined ? [] : [lower.window]));
  const windowed = Object.is(
    where((lower) => lower.window !== undefined),
    value,
  );
  return {
    value,
    segmented: Object.is(
      where((lower) => lower.segmented),
      value,
    ),
    window: windowed && windows.length > 0 ? Math.max(...windows) : undefined,
  };
}

function infinite(value: Known): Known {
  return value !== undefined && !Number.isFinite(value) ? value : undefined;
}

/** What a reduction over other axes makes of a region that is `value` everywhere. */
export function constantReduction(operation: string, value: number, over: readonly Axis[]): Known {
  switch (operation) {
    case "sum":
      return value === 0 || !Number.isFinite(value) ? value : value * entries(over);
    case "max":
    case "min":
      return value;
    case "log_sum_exp":
      return Number.isFinite(value) ? value + Math.log(entries(over)) : value;
    case "softmax":
      return value === Number.NEGATIVE_INFINITY ? 0 : 1 / entries(over);
    case "argmax":
      return 0;
    default:
      return undefined;
  }
}

/** What entries after time must be for a reduction over a copy to be causal. */
export function neededMask(operation: string): Known {
  switch (operation) {
    case "sum":
    case "dot":
      return 0;
    case "max":
    case "log_sum_exp":
    case "softmax":
      return Number.NEGATIVE_INFINITY;
    case "min":
      return Number.POSITIVE_INFINITY;
    default:
      return undefined;
  }
}
