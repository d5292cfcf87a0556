import type { BinaryOperator } from "../../grammar/tree.ts";
import { axesOf, sumOfDimensions } from "./dimensions.ts";
import { repeatModule } from "./repeated.ts";
import { isTensorLike, nodesOf } from "./tensors.ts";
import {
  boolean,
  type LossValue,
  type NumberValue,
  type PromiseValue,
  tensor,
  UNKNOWN,
  type Value,
} from "./value.ts";
import { applyRow, refuse, type Site, type World } from "./world.ts";

const arithmetic: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "^": "power",
};

/** Operators whose operands are both evaluated. */
export function applyBinary(
  world: World,
  site: Site,
  operator: BinaryOperator,
  left: Value,
  right: Value,
): Value {
  if (left.kind === "unknown" || right.kind === "unknown") return UNKNOWN;
  switch (operator) {
    case "+":
    case "-":
    case "*":
    case "/":
    case "^":
      return applyArithmetic(world, site, operator, left, right);
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compare(world, site, operator, left, right);
    case "and":
    case "or": {
      const nodes = nodesOf(world, site, [left, right]);
      const node = nodes === undefined ? undefined : applyRow(world, site, operator, nodes);
      return node === undefined ? UNKNOWN : tensor(node);
    }
    case "..": {
      if (left.kind !== "number" || right.kind !== "number") {
        return refuse(world, site, "numbers around `..`", left.kind === "number" ? right : left);
      }
      const length = Math.max(0, Math.ceil(right.value - left.value));
      if (length > 1_000_000) return refuse(world, site, "a shorter range", right);
      const from = left.value;
      const items = Array.from({ length }, (_, place): NumberValue => {
        return { kind: "number", value: from + place, unit: undefined, whole: true };
      });
      return { kind: "list", items };
    }
    case "??":
    case "|>":
    case "~":
      return refuse(world, site, "another operator", left);
  }
}

type Arithmetic = "+" | "-" | "*" | "/" | "^";

function applyArithmetic(
  world: World,
  site: Site,
  operator: Arithmetic,
  left: Value,
  right: Value,
): Value {
  if (left.kind === "number" && right.kind === "number") return onNumbers(operator, left, right);
  if (left.kind === "loss" || right.kind === "loss") {
    return onLosses(world, site, operator, left, right);
  }
  if (operator === "*" && left.kind === "number" && right.kind === "instance") {
    return repeatModule(world, site, left.value, right);
  }
  if (operator === "+" && left.kind === "text" && right.kind === "text") {
    return { ...left, value: left.value + right.value };
  }
  const leftAxes = axesOf(left);
  const rightAxes = axesOf(right);
  if (operator === "+" && leftAxes !== undefined && rightAxes !== undefined) {
    return sumOfDimensions(world, leftAxes, rightAxes);
  }
  const nodes = nodesOf(world, site, [left, right]);
  const [a, b] = nodes ?? [];
  if (a === undefined || b === undefined) return UNKNOWN;
  const square = operator === "^" && right.kind === "number" && right.value === 2;
  const node = square
    ? applyRow(world, site, "multiply", [a, a])
    : applyRow(world, site, arithmetic[operator] ?? "add", [a, b]);
  return node === undefined ? UNKNOWN : tensor(node);
}

function onNumbers(operator: Arithmetic, left: NumberValue, right: NumberValue): Value {
  const a = left.value;
  const b = right.value;
  const whole = left.whole && right.whole;
  switch (operator) {
    case "+":
      return { kind: "number", value: a + b, unit: left.unit ?? right.unit, whole };
    case "-":
      return { kind: "number", value: a - b, unit: left.unit ?? right.unit, whole };
    case "*":
      return { kind: "number", value: a * b, unit: left.unit ?? right.unit, whole };
    case "/": {
      const unit = left.unit === right.unit ? undefined : left.unit;
      return { kind: "number", value: a / b, unit, whole: false };
    }
    case "^":
      return { kind: "number", value: a ** b, unit: undefined, whole: whole && b >= 0 };
  }
}

function onLosses(
  world: World,
  site: Site,
  operator: Arithmetic,
  left: Value,
  right: Value,
): Value {
  if (left.kind === "loss" && right.kind === "loss" && (operator === "+" || operator === "-")) {
    const other = operator === "-" ? scaled(right, -1) : right;
    return { kind: "loss", terms: [...left.terms, ...other.terms] };
  }
  if (left.kind === "number" && right.kind === "loss" && operator === "*") {
    return scaled(right, left.value);
  }
  if (left.kind === "loss" && right.kind === "number") {
    if (operator === "*") return scaled(left, right.value);
    if (operator === "/") return scaled(left, 1 / right.value);
  }
  return refuse(world, site, "a loss times a constant", left.kind === "loss" ? right : left);
}

export function scaled(loss: LossValue, factor: number): LossValue {
  return {
    kind: "loss",
    terms: loss.terms.map((term) => ({ ...term, coefficient: term.coefficient * factor })),
  };
}

type Comparison = PromiseValue["operator"];

const mirrored: Readonly<Record<Comparison, Comparison>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "==": "==",
  "!=": "!=",
};

function compare(world: World, site: Site, operator: Comparison, left: Value, right: Value): Value {
  if (left.kind === "contract" && right.kind === "number") {
    return { kind: "promise", contract: left, operator, limit: right.value };
  }
  if (right.kind === "contract" && left.kind === "number") {
    return { kind: "promise", contract: right, operator: mirrored[operator], limit: left.value };
  }
  if (isTensorLike(left) || isTensorLike(right)) {
    return compareTensors(world, site, operator, left, right);
  }
  if (left.kind === "number" && right.kind === "number") {
    return boolean(compareNumbers(operator, left.value, right.value));
  }
  if (operator === "==" || operator === "!=") {
    const equal = sameValue(left, right);
    return boolean(operator === "==" ? equal : !equal);
  }
  return refuse(world, site, "two numbers", left.kind === "number" ? right : left);
}

function compareTensors(
  world: World,
  site: Site,
  operator: Comparison,
  left: Value,
  right: Value,
): Value {
  const swap = operator === ">" || operator === ">=";
  const nodes = nodesOf(world, site, swap ? [right, left] : [left, right]);
  if (nodes === undefined) return UNKNOWN;
  const row =
    operator === "==" || operator === "!="
      ? "equal"
      : operator === "<" || operator === ">"
        ? "less"
        : "less_equal";
  const node = applyRow(world, site, row, nodes);
  if (node === undefined) return UNKNOWN;
  if (operator !== "!=") return tensor(node);
  const negated = applyRow(world, site, "not", [node]);
  return negated === undefined ? UNKNOWN : tensor(negated);
}

function compareNumbers(operator: Comparison, a: number, b: number): boolean {
  switch (operator) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

/** Equality of recipe values: texts, numbers, lists and records by content. */
export function sameValue(left: Value, right: Value): boolean {
  if (left.kind !== right.kind) return false;
  if (left.kind === "number" && right.kind === "number") {
    return left.value === right.value && left.unit === right.unit;
  }
  if (left.kind === "text" && right.kind === "text") return left.value === right.value;
  if (left.kind === "boolean" && right.kind === "boolean") return left.value === right.value;
  if (left.kind === "none") return true;
  if (left.kind === "list" && right.kind === "list") {
    return (
      left.items.length === right.items.length &&
      left.items.every((item, place) => sameValue(item, right.items[place] ?? UNKNOWN))
    );
  }
  return left === right;
}

export function applyUnary(world: World, site: Site, operator: "-" | "not", value: Value): Value {
  if (value.kind === "unknown") return value;
  if (operator === "not" && value.kind === "boolean") return boolean(!value.value);
  if (operator === "-") {
    if (value.kind === "number") return { ...value, value: -value.value };
    if (value.kind === "loss") return scaled(value, -1);
  }
  const nodes = nodesOf(world, site, [value]);
  const node =
    nodes === undefined
      ? undefined
      : applyRow(world, site, operator === "-" ? "negate" : "not", nodes);
  return node === undefined ? UNKNOWN : tensor(node);
}
