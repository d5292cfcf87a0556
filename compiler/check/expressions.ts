import type { Expression, NumberNode, StringNode } from "../../grammar/tree.ts";
import { duplicateName } from "../../program/diagnostics/catalogue/names.ts";
import { badCast, hole, noValue, unknownUnit } from "../../program/diagnostics/catalogue/types.ts";
import { checkBinding } from "./bindings.ts";
import type { Checker } from "./checker.ts";
import { inferFold, inferFor, inferIf, inferMatch } from "./control.ts";
import { parameterTensor } from "./dimension-nodes.ts";
import { NO_DIMENSIONS, union } from "./dimensions.ts";
import { indexOf, memberAccess } from "./members.ts";
import { dimensionBinding } from "./models.ts";
import { resolveName } from "./names.ts";
import { inferBinary, inferUnary } from "./operators.ts";
import { inferRecord } from "./records.ts";
import { inner, local, type Scope } from "./scope.ts";
import { constantSize } from "./sizes.ts";
import { suggest } from "./suggest.ts";
import { resolveType } from "./type-nodes.ts";
import {
  BOOL,
  CHECKPOINT,
  describe,
  either,
  isSilent,
  list,
  NONE,
  SHARE,
  TEXT,
  type Type,
  tensor,
  UNKNOWN,
} from "./types.ts";
import { UNIT_WORDS, unitNamed } from "./units.ts";

/** The type of an expression; `expected` says what a hole, a record or a list is meant to be. */
export function inferExpression(
  checker: Checker,
  node: Expression,
  scope: Scope,
  expected: Type | undefined,
): Type {
  switch (node.kind) {
    case "number":
      return inferNumber(checker, node, scope);
    case "string":
      return inferString(checker, node, scope);
    case "boolean":
      return BOOL;
    case "none":
      return NONE;
    case "hole":
      checker.report.add(hole, scope.module, node.span, {
        expected: wantedText(expected),
        missing: [],
      });
      return UNKNOWN;
    case "error":
      return UNKNOWN;
    case "reference":
      return resolveName(checker, node, scope, "value");
    case "rest": {
      const known = local(scope, `..${node.name.text}`);
      return (
        known ??
        resolveType(
          { kind: "error", span: node.span },
          { checker, scope, open: undefined, name: undefined },
        )
      );
    }
    case "projection":
      return { kind: "lambda", node, scope };
    case "group":
      return checker.infer(node.value, scope, expected);
    case "tuple":
      return inferTuple(checker, node.items, scope);
    case "list":
      return inferList(checker, node.items, scope, expected);
    case "record":
      return inferRecord(checker, node, scope, expected);
    case "block":
      return inferBlock(checker, node, scope, expected);
    case "parameter-declaration":
      return parameterTensor(node.dimensions, { checker, scope, open: undefined, name: undefined });
    case "if":
      return inferIf(checker, node, scope, expected);
    case "match":
      return inferMatch(checker, node, scope, expected);
    case "for":
      return inferFor(checker, node, scope);
    case "fold":
      return inferFold(checker, node, scope);
    case "each":
      checker.expect(node.dimension, scope, {
        kind: "dimension",
        dimensions: NO_DIMENSIONS,
        sum: false,
      });
      return checker.infer(node.body, scope, expected);
    case "lambda":
      return { kind: "lambda", node, scope };
    case "call":
      return inferCall(checker, node, undefined, scope, expected);
    case "field": {
      const object = checker.infer(node.object, scope);
      return memberAccess(checker, object, node.name, scope);
    }
    case "index":
      return indexOf(checker, node, scope);
    case "cast":
      return inferCast(checker, node, scope);
    case "with": {
      const type = checker.infer(node.value, scope, expected);
      for (const setting of node.settings) {
        if (setting.kind === "setting" || setting.kind === "keyed-setting") {
          // Names in brackets of the key bind, so only what has no such key is looked into.
          if (setting.kind === "setting") checker.infer(setting.value, scope);
        } else if (setting.kind === "hole") checker.infer(setting, scope);
      }
      return type;
    }
    case "unary":
      return inferUnary(checker, node, scope);
    case "binary":
      if (node.operator === "|>") return inferPipe(checker, node, scope, expected);
      return inferBinary(checker, node, scope, expected);
  }
}

function wantedText(expected: Type | undefined): string {
  if (expected === undefined || isSilent(expected)) return "a value";
  return expected.kind === "dimension" ? "Dim" : describe(expected);
}

function inferNumber(checker: Checker, node: NumberNode, scope: Scope): Type {
  if (node.unit !== undefined) {
    const unit = unitNamed(node.unit.text);
    if (unit !== undefined) return { kind: "count", units: [unit.unit] };
    const suggestion = suggest(node.unit.text, UNIT_WORDS);
    checker.report.add(
      unknownUnit,
      scope.module,
      node.unit.span,
      { unit: node.unit.text, suggestion },
      {
        fixes:
          suggestion === undefined
            ? []
            : [
                {
                  title: `write \`${suggestion}\``,
                  applicability: "likely",
                  edits: [{ file: scope.module, range: node.unit.span, text: suggestion }],
                },
              ],
      },
    );
    return UNKNOWN;
  }
  if (node.percent) return SHARE;
  return node.integer || (Number.isInteger(node.value) && /[KMBT]$/.test(node.text))
    ? tensor("int", NO_DIMENSIONS, { value: constantSize(node.value) })
    : tensor("real");
}

function inferString(checker: Checker, node: StringNode, scope: Scope): Type {
  let plain = true;
  for (const piece of node.pieces) {
    if (piece.kind === "text") continue;
    plain = false;
    const [head, ...rest] = piece.path;
    if (head === undefined) continue;
    let type = resolveName(
      checker,
      { kind: "reference", name: head.text, span: head.span },
      scope,
      "value",
    );
    for (const name of rest) type = memberAccess(checker, type, name, scope);
  }
  if (!plain) return TEXT;
  return {
    kind: "literal",
    value: node.pieces.map((piece) => (piece.kind === "text" ? piece.text : "")).join(""),
  };
}

/** Dimensions in parentheses are one product; nothing else is written so. */
function inferTuple(checker: Checker, items: readonly Expression[], scope: Scope): Type {
  const types = items.map((item) => checker.infer(item, scope));
  return types.every((type) => type.kind === "dimension") ? joined(types) : UNKNOWN;
}

function joined(types: readonly Type[]): Type {
  let all = NO_DIMENSIONS;
  for (const type of types) if (type.kind === "dimension") all = union(all, type.dimensions);
  return { kind: "dimension", dimensions: all, sum: false };
}

function inferList(
  checker: Checker,
  items: readonly Expression[],
  scope: Scope,
  expected: Type | undefined,
): Type {
  const wanted = expectedElement(expected);
  const types = items.map((item) => checker.infer(item, scope, wanted));
  if (types.length > 0 && types.every((type) => type.kind === "dimension")) return joined(types);
  if (
    types.some((type) => type.kind === "dimension") &&
    types.some((type) => type.kind === "unknown" || type.kind === "variable")
  ) {
    return UNKNOWN;
  }
  const element = types.reduce((all, type) => either(all, type), types[0] ?? UNKNOWN);
  return list(element, types);
}

function expectedElement(expected: Type | undefined): Type | undefined {
  if (expected?.kind === "list") return expected.element;
  if (expected?.kind !== "union") return undefined;
  const lists = expected.members.filter((member) => member.kind === "list");
  const [only] = lists;
  return only?.kind === "list" && lists.length === 1 ? only.element : undefined;
}

function inferBlock(
  checker: Checker,
  node: Extract<Expression, { kind: "block" }>,
  outer: Scope,
  expected: Type | undefined,
): Type {
  const scope = inner(outer);
  const places = new Map<string, { start: number; end: number }>();
  for (const statement of node.statements) {
    if (statement.kind === "expression") {
      checker.infer(statement.value, scope);
      continue;
    }
    const { name } = statement;
    const type =
      statement.word === "dim"
        ? dimensionBinding(checker, statement, scope, true)
        : checker.infer(
            statement.value,
            scope,
            statement.word === "stage" ? CHECKPOINT : undefined,
          );
    checkBinding(checker, statement.word, name, type, scope);
    const first = places.get(name.text);
    if (first !== undefined) {
      checker.report.add(
        duplicateName,
        scope.module,
        name.span,
        { name: name.text, what: "name" },
        {
          related: [
            { place: { file: scope.module, range: first }, message: "declared here first" },
          ],
        },
      );
    }
    places.set(name.text, name.span);
    scope.names.set(name.text, type);
  }
  if (node.result !== undefined) return checker.infer(node.result, scope, expected);
  const unreadable = node.statements.length === 0;
  if (!unreadable && expected !== undefined && !isSilent(expected)) {
    checker.report.add(
      noValue,
      scope.module,
      { start: node.span.end - 1, end: node.span.end },
      { what: "the block", expected: describe(expected) },
    );
  }
  return UNKNOWN;
}

function inferCast(
  checker: Checker,
  node: Extract<Expression, { kind: "cast" }>,
  scope: Scope,
): Type {
  const value = checker.infer(node.value, scope);
  const row = resolveType(node.type, { checker, scope, open: undefined, name: undefined });
  const fits = isSilent(value) || value.kind === "data";
  if (isSilent(row) && fits) return { kind: "data", row: UNKNOWN };
  if (row.kind === "record" && fits) return { kind: "data", row };
  checker.report.add(badCast, scope.module, node.span, {
    found: describe(value),
    to: describe(row),
  });
  return UNKNOWN;
}

export function inferCall(
  checker: Checker,
  node: Extract<Expression, { kind: "call" }>,
  piped: Expression | undefined,
  scope: Scope,
  expected: Type | undefined,
): Type {
  const callee = inferCallee(checker, node.callee, scope, expected);
  return checker.call(callee, { ...node, node, piped }, scope, node.callee.span, expected);
}

function inferCallee(
  checker: Checker,
  node: Expression,
  scope: Scope,
  expected: Type | undefined,
): Type {
  if (node.kind !== "reference") return checker.infer(node, scope);
  const use = expected?.kind === "named" && expected.name === "Checkpoint" ? "stage" : "function";
  const type = resolveName(checker, node, scope, use);
  checker.types.set(node, type);
  return type;
}

/** `x |> f(a)` is `f(x, a)`, `x |> f` is `f(x)`. */
function inferPipe(
  checker: Checker,
  node: Extract<Expression, { kind: "binary" }>,
  scope: Scope,
  expected: Type | undefined,
): Type {
  const { left, right } = node;
  if (right.kind === "call") {
    const type = inferCall(checker, right, left, scope, expected);
    checker.types.set(right, type);
    return type;
  }
  const callee = inferCallee(checker, right, scope, undefined);
  const call = { node, piped: left, arguments: [], settings: [], braces: false };
  return checker.call(callee, call, scope, right.span, expected);
}
