import type {
  BinaryNode,
  BlockNode,
  Expression,
  IfNode,
  MatchNode,
  Pattern,
  Statement,
  StringNode,
} from "../../grammar/tree.ts";
import { notEvaluated } from "../../program/diagnostics/catalogue/budget.ts";
import { callWritten, evaluateCall } from "./call.ts";
import { declareDimension, dimension } from "./dimensions.ts";
import { topLevel } from "./items.ts";
import { evaluateEach, evaluateFold, evaluateFor } from "./loops.ts";
import { evaluateIndex, member } from "./members.ts";
import { declareParameter } from "./models.ts";
import { applyBinary, applyUnary } from "./operators.ts";
import { quantity } from "./quantity.ts";
import { blockScope, find, type Scope } from "./scope.ts";
import { boolean, NONE, record, text, UNKNOWN, type Value } from "./value.ts";
import { refuse, report, type Site, takeStep, type World } from "./world.ts";

/** The value of an expression; what is wrong is reported once and gives an unknown value. */
export function evaluate(world: World, node: Expression, scope: Scope): Value {
  const site = { file: scope.module, span: node.span };
  if (world.exhausted || !takeStep(world, site)) return UNKNOWN;
  switch (node.kind) {
    case "number":
      return quantity(node.value, node.percent, node.integer, node.unit?.text);
    case "string":
      return interpolated(world, node, scope);
    case "boolean":
      return boolean(node.value);
    case "none":
      return NONE;
    case "hole":
    case "error":
      return UNKNOWN;
    case "reference":
      return reference(world, node.name, site, scope);
    case "rest":
      return find(scope, node.name.text) ?? dimension([]);
    case "projection":
      return { kind: "lambda", node, scope };
    case "group":
      return evaluate(world, node.value, scope);
    case "tuple":
    case "list":
      return { kind: "list", items: node.items.map((item) => evaluate(world, item, scope)) };
    case "record":
      return record(
        node.fields.flatMap((field) =>
          field.kind === "record-field"
            ? [[field.name.text, evaluate(world, field.value, scope)] as const]
            : [],
        ),
      );
    case "block":
      return block(world, node, scope);
    case "parameter-declaration":
      return refuse(world, site, "an initialiser after `~`", NONE);
    case "if":
      return branch(world, node, scope);
    case "match":
      return match(world, node, scope);
    case "for":
      return evaluateFor(world, node, scope);
    case "each":
      return evaluateEach(world, node, scope);
    case "fold":
      return evaluateFold(world, node, scope);
    case "lambda":
      return { kind: "lambda", node, scope };
    case "call":
      return evaluateCall(world, node, scope, undefined);
    case "field":
      return member(world, site, evaluate(world, node.object, scope), node.name.text);
    case "index":
      return evaluateIndex(world, node, scope);
    case "cast":
      return evaluate(world, node.value, scope);
    case "with":
      return refuse(
        world,
        site,
        "a value that `with` can change",
        evaluate(world, node.value, scope),
      );
    case "unary":
      return applyUnary(world, site, node.operator, evaluate(world, node.value, scope));
    case "binary":
      return binary(world, node, site, scope);
  }
}

function reference(world: World, name: string, site: Site, scope: Scope): Value {
  const known = find(scope, name) ?? topLevel(world, scope.module, name);
  if (known !== undefined) return known;
  return report(world, notEvaluated, site, { what: "a name with a value", found: `\`${name}\`` });
}

function interpolated(world: World, node: StringNode, scope: Scope): Value {
  let result = "";
  for (const piece of node.pieces) {
    if (piece.kind === "text") {
      result += piece.text;
      continue;
    }
    const site = { file: scope.module, span: piece.span };
    const [first, ...rest] = piece.path;
    let value = reference(world, first?.text ?? "", site, scope);
    for (const name of rest) value = member(world, site, value, name.text);
    switch (value.kind) {
      case "text":
        result += value.value;
        break;
      case "number":
        result += `${value.value}`;
        break;
      default:
        return refuse(world, site, "a text or a number", value);
    }
  }
  return text(result, scope.module);
}

function block(world: World, node: BlockNode, outer: Scope): Value {
  const scope = blockScope(outer);
  for (const statement of node.statements) runStatement(world, statement, scope);
  return node.result === undefined ? UNKNOWN : evaluate(world, node.result, scope);
}

function runStatement(world: World, statement: Statement, scope: Scope): void {
  if (statement.kind === "expression") {
    evaluate(world, statement.value, scope);
    return;
  }
  const name = statement.name.text;
  const site = { file: scope.module, span: statement.span };
  const address = world.address;
  if (statement.word === "stage") world.address = [...address, name];
  const value =
    statement.word === "dim"
      ? declareDimension(world, site, name, statement.value, scope)
      : evaluate(world, statement.value, scope);
  world.address = address;
  scope.names.set(name, value);
}

function branch(world: World, node: IfNode, scope: Scope): Value {
  const site = { file: scope.module, span: node.condition.span };
  const condition = evaluate(world, node.condition, scope);
  if (condition.kind !== "boolean") return refuse(world, site, "true or false", condition);
  if (condition.value) return evaluate(world, node.then, scope);
  return node.otherwise === undefined ? NONE : evaluate(world, node.otherwise, scope);
}

function match(world: World, node: MatchNode, scope: Scope): Value {
  const value = evaluate(world, node.value, scope);
  if (value.kind === "unknown") return value;
  for (const arm of node.arms) {
    if (accepts(arm.pattern, value)) {
      if (arm.pattern.kind !== "name-pattern") return evaluate(world, arm.value, scope);
      const inner = blockScope(scope);
      inner.names.set(arm.pattern.name.text, value);
      return evaluate(world, arm.value, inner);
    }
  }
  return refuse(world, { file: scope.module, span: node.span }, "a value with an arm", value);
}

function accepts(pattern: Pattern, value: Value): boolean {
  switch (pattern.kind) {
    case "string-pattern":
      return value.kind === "text" && value.value === pattern.value;
    case "number-pattern":
      return value.kind === "number" && value.value === pattern.value;
    case "boolean-pattern":
      return value.kind === "boolean" && value.value === pattern.value;
    case "none-pattern":
      return value.kind === "none";
    case "name-pattern":
      return true;
    case "error":
      return false;
  }
}

function binary(world: World, node: BinaryNode, site: Site, scope: Scope): Value {
  switch (node.operator) {
    case "|>":
      return piped(world, node, site, scope);
    case "~":
      if (node.left.kind === "parameter-declaration") {
        const initialiser = evaluate(world, node.right, scope);
        return declareParameter(world, site, node.left, initialiser, scope);
      }
      return refuse(world, site, "`param[…]` before `~`", evaluate(world, node.left, scope));
    case "??": {
      const left = evaluate(world, node.left, scope);
      return left.kind === "none" ? evaluate(world, node.right, scope) : left;
    }
    case "and":
    case "or": {
      const left = evaluate(world, node.left, scope);
      if (left.kind === "boolean") {
        if (left.value === (node.operator === "or")) return left;
        return evaluate(world, node.right, scope);
      }
      return applyBinary(world, site, node.operator, left, evaluate(world, node.right, scope));
    }
    default: {
      const left = evaluate(world, node.left, scope);
      return applyBinary(world, site, node.operator, left, evaluate(world, node.right, scope));
    }
  }
}

/** `x |> f(a)` is `f(x, a)`, and `x |> f` is `f(x)`. */
function piped(world: World, node: BinaryNode, site: Site, scope: Scope): Value {
  const { left, right } = node;
  if (right.kind === "call") return evaluateCall(world, right, scope, left);
  const callee = evaluate(world, right, scope);
  return callWritten(world, callee, { piped: left, arguments: [], settings: [] }, site, scope);
}
