import type { BinaryNode } from "../../grammar/tree.ts";
import { wrongUnit } from "../../program/diagnostics/catalogue/types.ts";
import type { Checker } from "./checker.ts";
import type { Scope } from "./scope.ts";
import { isScalar, type Type, tensor, UNKNOWN } from "./types.ts";

export function sameUnit(
  checker: Checker,
  node: BinaryNode,
  left: readonly string[],
  right: readonly string[],
  scope: Scope,
): boolean {
  if (left.some((unit) => right.includes(unit))) return true;
  checker.report.add(wrongUnit, scope.module, node.right.span, {
    what: `the right of \`${node.operator}\``,
    expected: left,
    found: right,
  });
  return false;
}

export function quantities(
  checker: Checker,
  node: BinaryNode,
  left: Type,
  right: Type,
  scope: Scope,
): Type | undefined {
  const { operator } = node;
  if (left.kind === "count" && right.kind === "count") {
    if (operator !== "+" && operator !== "-" && operator !== "/") return undefined;
    if (!sameUnit(checker, node, left.units, right.units, scope)) return UNKNOWN;
    return operator === "/" ? tensor("real") : left;
  }
  if (operator === "*" && left.kind === "count" && isScalar(right)) return left;
  if (operator === "*" && right.kind === "count" && isScalar(left)) return right;
  if (operator === "/" && left.kind === "count" && isScalar(right)) return left;
  return undefined;
}
