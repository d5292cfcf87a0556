import { isScalarFunction, type ScalarExpression } from "../../program/scalar-expression.ts";
import type { Node } from "../operations/tensor.ts";
import { numberOf, textOf } from "./attributes.ts";

/**
 * The node as arithmetic on f64 numbers that the host can do at each run (a learning rate,
 * `1 - beta^t`), or undefined where it has axes or reads anything but `host` inputs and constants.
 */
export function hostScalar(node: Node): ScalarExpression | undefined {
  if (node.axes.length > 0 || node.tuple !== undefined) return undefined;
  const known = found.get(node);
  if (known !== undefined) return known === "none" ? undefined : known;
  const expression = derive(node);
  found.set(node, expression ?? "none");
  return expression;
}

/** True for expressions that read no variable. */
export function isConstantScalar(expression: ScalarExpression): boolean {
  if (expression.kind === "call") return expression.arguments.every(isConstantScalar);
  return expression.kind === "number";
}

/** Nodes are shared; without memory a chain of squares would be walked exponentially often. */
const found = new WeakMap<Node, ScalarExpression | "none">();

function derive(node: Node): ScalarExpression | undefined {
  if (node.operation === "constant") return { kind: "number", value: numberOf(node, "value") };
  if (node.operation === "input") {
    if (node.attributes["role"] !== "host") return undefined;
    return { kind: "variable", name: textOf(node, "name") };
  }
  const operands: ScalarExpression[] = [];
  for (const input of node.inputs) {
    const operand = hostScalar(input);
    if (operand === undefined) return undefined;
    operands.push(operand);
  }
  const [first] = operands;
  if (first === undefined) return undefined;
  if (node.operation === "stop_gradient") return first;
  if (!isScalarFunction(node.operation)) return undefined;
  return { kind: "call", function: node.operation, arguments: operands };
}
