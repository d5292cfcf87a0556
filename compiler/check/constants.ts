import type { Expression } from "../../grammar/tree.ts";
import type { Checker } from "./checker.ts";
import { lookup } from "./modules.ts";
import { local, type Scope } from "./scope.ts";

export type Constant = string | number | boolean | null;

/** The value of a recipe-level expression as far as `if`, `match` and file names need it. */
export function constantValue(
  checker: Checker,
  node: Expression,
  scope: Scope,
  depth = 0,
): Constant | undefined {
  if (depth > 32) return undefined;
  const value = (inner: Expression): Constant | undefined =>
    constantValue(checker, inner, scope, depth + 1);
  switch (node.kind) {
    case "string": {
      let text = "";
      for (const piece of node.pieces) {
        if (piece.kind === "text") text += piece.text;
        else {
          const [head, ...rest] = piece.path;
          if (head === undefined || rest.length > 0) return undefined;
          const part = value({ kind: "reference", name: head.text, span: head.span });
          if (typeof part !== "string" && typeof part !== "number") return undefined;
          text += String(part);
        }
      }
      return text;
    }
    case "number":
      return node.unit === undefined && !node.percent ? node.value : undefined;
    case "boolean":
      return node.value;
    case "none":
      return null;
    case "group":
      return value(node.value);
    case "reference": {
      const own = local(scope, node.name);
      if (own !== undefined) return own.kind === "literal" ? own.value : undefined;
      const found = lookup(checker.program, scope.module, node.name);
      if (found === undefined) return undefined;
      const { item, module } = found;
      const there: Scope = { parent: undefined, names: new Map(), module };
      if (item.kind === "input") {
        const given = module === checker.program.entry ? checker.inputs.get(node.name) : undefined;
        if (given !== undefined) return given;
        return item.value === undefined
          ? undefined
          : constantValue(checker, item.value, there, depth + 1);
      }
      return item.kind === "binding" && item.word === "let"
        ? constantValue(checker, item.value, there, depth + 1)
        : undefined;
    }
    case "unary": {
      const inner = value(node.value);
      if (node.operator === "not") return typeof inner === "boolean" ? !inner : undefined;
      return typeof inner === "number" ? -inner : undefined;
    }
    case "binary":
      return binary(node.operator, value(node.left), value(node.right));
    default:
      return undefined;
  }
}

function binary(
  operator: string,
  left: Constant | undefined,
  right: Constant | undefined,
): Constant | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left === "boolean" && typeof right === "boolean") {
    if (operator === "and") return left && right;
    return operator === "or" ? left || right : undefined;
  }
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    default:
      return undefined;
  }
}
