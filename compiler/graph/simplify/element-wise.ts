import { numberAttribute } from "../../operations/attributes.ts";
import type { Builder } from "../../operations/row.ts";
import { sameAxes, unionAxes } from "../../operations/shape.ts";
import { findRow } from "../../operations/table.ts";
import type { Node, TensorType } from "../../operations/tensor.ts";

/** The number that a scalar constant holds. */
export function constantOf(node: Node | undefined): number | undefined {
  return node?.operation === "constant" ? numberAttribute(node.attributes, "value") : undefined;
}

/** Rules for element-wise operations. The result may lack axes of `type`: the caller adds them. */
export function simplifiedElementWise(
  build: Builder,
  operation: string,
  inputs: readonly Node[],
  type: TensorType,
): Node | undefined {
  const row = findRow(operation);
  if (row?.evaluate === undefined) return undefined;
  if (inputs.every(({ operation: made }) => made === "constant")) {
    const numbers = inputs.map((input) => numberAttribute(input.attributes, "value"));
    return build.constant(row.evaluate(...numbers), type.element);
  }
  return (
    onOne(build, operation, inputs) ??
    onTwo(build, operation, inputs) ??
    onThree(build, operation, inputs) ??
    withoutExpansions(build, operation, inputs, type) ??
    ordered(build, operation, inputs)
  );
}

function onOne(build: Builder, operation: string, [x]: readonly Node[]): Node | undefined {
  if (x === undefined) return undefined;
  switch (operation) {
    case "negate":
      if (x.operation === "negate") return x.inputs[0];
      if (x.operation === "subtract") return build.apply("subtract", [...x.inputs].reverse());
      return undefined;
    case "not":
    case "stop_gradient":
      if (x.operation !== operation) return undefined;
      return operation === "not" ? x.inputs[0] : x;
    case "to_real":
      return x.element === "real" ? x : undefined;
    case "to_int":
      return x.element === "int" ? x : undefined;
    default:
      return undefined;
  }
}

function onTwo(build: Builder, operation: string, [a, b]: readonly Node[]): Node | undefined {
  if (a === undefined || b === undefined) return undefined;
  const left = constantOf(a);
  const right = constantOf(b);
  switch (operation) {
    case "add":
      if (right === 0) return a;
      if (left === 0) return b;
      if (b.operation === "negate") return build.apply("subtract", [a, ...b.inputs]);
      if (a.operation === "negate") return build.apply("subtract", [b, ...a.inputs]);
      return undefined;
    case "subtract":
      if (right === 0) return a;
      if (left === 0) return build.apply("negate", [b]);
      if (b.operation === "negate") return build.apply("add", [a, ...b.inputs]);
      return undefined;
    case "multiply":
      if (right === 1) return a;
      if (left === 1) return b;
      if (right === -1) return build.apply("negate", [a]);
      if (left === -1) return build.apply("negate", [b]);
      // Never 0 · x: x may be infinite or not a number.
      return undefined;
    case "divide":
      return right === 1 ? a : undefined;
    case "power":
      if (right === 1) return a;
      if (right === 2) return build.apply("multiply", [a, a]);
      if (right === 0.5) return build.apply("sqrt", [a]);
      if (right === -1) return build.apply("divide", [build.constant(1), a]);
      return undefined;
    case "minimum":
    case "maximum":
      return a === b ? a : undefined;
    case "and":
      if (right !== undefined) return right === 0 ? b : a;
      if (left !== undefined) return left === 0 ? a : b;
      return a === b ? a : undefined;
    case "or":
      if (right !== undefined) return right === 0 ? a : b;
      if (left !== undefined) return left === 0 ? b : a;
      return a === b ? a : undefined;
    default:
      return undefined;
  }
}

function onThree(_: Builder, operation: string, [p, a, b]: readonly Node[]): Node | undefined {
  if (operation !== "select" || a === undefined || b === undefined) return undefined;
  const known = constantOf(p);
  if (known !== undefined) return known === 0 ? b : a;
  return a === b ? a : undefined;
}

/** Operands are broadcast anyway: an expanded one stands in for what it was made of. */
function withoutExpansions(
  build: Builder,
  operation: string,
  inputs: readonly Node[],
  type: TensorType,
): Node | undefined {
  if (!inputs.some((input) => input.operation === "expand")) return undefined;
  const bare = inputs.map((input) =>
    input.operation === "expand" ? (input.inputs[0] ?? input) : input,
  );
  const simpler = build.apply(operation, bare);
  return sameAxes(unionAxes(simpler.axes, type.axes), type.axes) ? simpler : undefined;
}

const commutative: ReadonlySet<string> = new Set(["add", "multiply", "equal", "and", "or"]);

/** One order for operands that may be exchanged, constants last, so that more nodes are equal. */
function ordered(build: Builder, operation: string, [a, b]: readonly Node[]): Node | undefined {
  if (!commutative.has(operation) || a === undefined || b === undefined) return undefined;
  const wrong = constantOf(a) !== undefined || (constantOf(b) === undefined && a.id > b.id);
  return wrong ? build.apply(operation, [b, a]) : undefined;
}
