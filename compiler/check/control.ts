import type { Binder, Expression, Pattern } from "../../grammar/tree.ts";
import {
  branchOnTensor,
  mismatch,
  neverMatches,
  notExhaustive,
  notIterable,
} from "../../program/diagnostics/catalogue/types.ts";
import type { Checker } from "./checker.ts";
import { constantValue } from "./constants.ts";
import { isEmpty } from "./dimensions.ts";
import { inner, type Scope } from "./scope.ts";
import { suggest } from "./suggest.ts";
import {
  describe,
  either,
  type FieldType,
  INT,
  isSilent,
  list,
  type Type,
  UNKNOWN,
  withoutNone,
} from "./types.ts";

type Node<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;

/** `if` picks a branch before anything runs; the other is looked at for names only. */
export function inferIf(
  checker: Checker,
  node: Node<"if">,
  scope: Scope,
  expected: Type | undefined,
): Type {
  const condition = checker.infer(node.condition, scope);
  checkCondition(checker, condition, node.condition, scope);
  const known = constantValue(checker, node.condition, scope);
  const then = (): Type => checker.infer(node.then, scope, expected);
  const otherwise = (): Type =>
    node.otherwise === undefined
      ? { kind: "none" }
      : checker.infer(node.otherwise, scope, expected);
  if (known === true) {
    checker.report.namesOnly(otherwise);
    return then();
  }
  if (known === false) {
    checker.report.namesOnly(then);
    return otherwise();
  }
  return either(then(), otherwise(), true);
}

function checkCondition(checker: Checker, type: Type, node: Expression, scope: Scope): void {
  if (isSilent(type) || type.kind === "variable") return;
  if (type.kind === "tensor" && type.element === "bool") {
    if (isEmpty(type.dimensions) && !type.computed) return;
    checker.report.add(branchOnTensor, scope.module, node.span, {
      found: isEmpty(type.dimensions) ? "a Bool that tensors decide" : describe(type),
      form: "if",
    });
    return;
  }
  if (type.kind === "union" && type.decided) return;
  checker.report.add(mismatch, scope.module, node.span, {
    what: "the condition",
    expected: "Bool",
    found: describe(type),
    help: undefined,
  });
}

export function inferMatch(
  checker: Checker,
  node: Node<"match">,
  scope: Scope,
  expected: Type | undefined,
): Type {
  const value = checker.infer(node.value, scope);
  if (value.kind === "tensor" && (value.computed || !isEmpty(value.dimensions))) {
    checker.report.add(branchOnTensor, scope.module, node.value.span, {
      found: describe(value),
      form: "match",
    });
  }
  checkPatterns(checker, node, value, scope);
  const known = constantValue(checker, node.value, scope);
  const taken =
    known === undefined ? undefined : node.arms.find((arm) => matches(arm.pattern, known));
  let result: Type | undefined;
  for (const arm of node.arms) {
    const armScope =
      arm.pattern.kind === "name-pattern" && arm.pattern.name.text !== "_"
        ? inner(scope, [[arm.pattern.name.text, value]])
        : scope;
    const infer = (): Type => checker.infer(arm.value, armScope, expected);
    if (taken !== undefined && arm !== taken) {
      checker.report.namesOnly(infer);
      continue;
    }
    const type = infer();
    result = result === undefined ? type : either(result, type, true);
  }
  return result ?? UNKNOWN;
}

function matches(pattern: Pattern, value: string | number | boolean | null): boolean {
  switch (pattern.kind) {
    case "string-pattern":
    case "number-pattern":
    case "boolean-pattern":
      return pattern.value === value;
    case "none-pattern":
      return value === null;
    case "name-pattern":
      return true;
    case "error":
      return false;
  }
}

/** The values of a type that has finitely many, as they are written. */
function alternatives(type: Type): readonly string[] | undefined {
  switch (type.kind) {
    case "literal":
      return [JSON.stringify(type.value)];
    case "none":
      return ["none"];
    case "tensor":
      return type.element === "bool" && isEmpty(type.dimensions) ? ["true", "false"] : undefined;
    case "union": {
      const all = type.members.map(alternatives);
      return all.some((one) => one === undefined) ? undefined : all.flatMap((one) => one ?? []);
    }
    default:
      return undefined;
  }
}

function written(pattern: Pattern): string | undefined {
  switch (pattern.kind) {
    case "string-pattern":
      return JSON.stringify(pattern.value);
    case "number-pattern":
    case "boolean-pattern":
      return String(pattern.value);
    case "none-pattern":
      return "none";
    default:
      return undefined;
  }
}

function checkPatterns(checker: Checker, node: Node<"match">, value: Type, scope: Scope): void {
  if (isSilent(value)) return;
  const possible = value.kind === "literal" ? undefined : alternatives(value);
  const seen = new Set<string>();
  let rest = false;
  for (const { pattern } of node.arms) {
    const text = written(pattern);
    if (pattern.kind === "name-pattern" || pattern.kind === "error") {
      rest = true;
      continue;
    }
    if (text === undefined) continue;
    const impossible =
      rest || seen.has(text) || (possible !== undefined && !possible.includes(text));
    if (impossible || cannotBe(pattern, value)) {
      const plain = possible?.filter((one) => !seen.has(one)) ?? [];
      checker.report.add(neverMatches, scope.module, pattern.span, {
        pattern: text,
        type: seen.has(text) || rest ? "what no arm before matches" : describe(value),
        suggestion: suggest(text, plain),
      });
    }
    seen.add(text);
  }
  if (rest) return;
  if (possible === undefined) {
    if (value.kind === "union" || value.kind === "variable") return;
    checker.report.add(notExhaustive, scope.module, node.value.span, { missing: ["_"] });
    return;
  }
  const missing = possible.filter((one) => !seen.has(one));
  if (missing.length > 0) {
    checker.report.add(notExhaustive, scope.module, node.value.span, { missing });
  }
}

function cannotBe(pattern: Pattern, value: Type): boolean {
  if (pattern.kind === "string-pattern") return value.kind === "tensor" || value.kind === "count";
  if (pattern.kind === "number-pattern") {
    return (value.kind === "named" && value.name === "Text") || value.kind === "literal";
  }
  return false;
}

interface Source {
  /** What each step gives, where the steps differ. */
  readonly steps: readonly { readonly name: string; readonly type: Type }[] | undefined;
  readonly element: Type;
  /** Steps have names: over a record, or over strings. */
  readonly named: boolean;
}

function sourceOf(checker: Checker, node: Expression, scope: Scope): Source | undefined {
  const type = withoutNone(checker.infer(node, scope));
  switch (type.kind) {
    case "unknown":
    case "variable":
      return { steps: undefined, element: UNKNOWN, named: false };
    case "named":
      if (type.name === "Any") return { steps: undefined, element: UNKNOWN, named: false };
      break;
    case "list": {
      const texts = type.tuple?.every((one) => one.kind === "literal") === true;
      if (texts && type.tuple !== undefined && type.tuple.length > 0) {
        const steps = type.tuple.map((one) => ({
          name: one.kind === "literal" ? one.value : "",
          type: one,
        }));
        return { steps, element: type.element, named: true };
      }
      return { steps: undefined, element: type.element, named: false };
    }
    case "record": {
      const steps = [...type.fields].map(([name, field]) => ({ name, type: field.type }));
      const all = steps.map((step) => step.type);
      const element = type.others ?? all.reduce((sum, one) => either(sum, one), all[0] ?? UNKNOWN);
      return { steps: type.others === undefined ? steps : undefined, element, named: true };
    }
    case "union":
      if (type.decided) return { steps: undefined, element: UNKNOWN, named: false };
      break;
  }
  checker.report.add(notIterable, scope.module, node.span, { found: describe(type) });
  return undefined;
}

function bindBinder(binder: Binder, type: Type, scope: Scope): void {
  const [only] = binder.names;
  if (!binder.tuple) {
    if (only !== undefined) scope.names.set(only.text, type);
    return;
  }
  const parts = type.kind === "list" ? type.tuple : undefined;
  binder.names.forEach((name, at) => {
    scope.names.set(name.text, parts?.[at] ?? (type.kind === "list" ? type.element : UNKNOWN));
  });
}

export function inferFor(checker: Checker, node: Node<"for">, scope: Scope, expected?: Type): Type {
  const source = sourceOf(checker, node.source, scope);
  const body = (name: Type, value: Type): Type => {
    const inside = inner(scope);
    const [first, second] = node.binders;
    if (first !== undefined && second !== undefined) {
      bindBinder(first, name, inside);
      bindBinder(second, value, inside);
    } else if (first !== undefined) bindBinder(first, value, inside);
    return checker.infer(node.body, inside, expected);
  };
  if (source === undefined) {
    checker.report.namesOnly(() => body(UNKNOWN, UNKNOWN));
    return UNKNOWN;
  }
  if (!source.named) return list(body(INT, source.element));
  if (source.steps === undefined || source.steps.length === 0) {
    const others = body({ kind: "named", name: "Text" }, source.element);
    return record(new Map(), others);
  }
  const fields = new Map<string, FieldType>();
  for (const { name, type } of source.steps) {
    const text: Type = { kind: "literal", value: name };
    fields.set(name, { type: body(text, type), required: true });
  }
  return record(fields, undefined);
}

function record(fields: ReadonlyMap<string, FieldType>, others: Type | undefined): Type {
  return {
    kind: "record",
    name: undefined,
    declaration: undefined,
    fields,
    others,
    lifted: undefined,
  };
}

/** What is carried may widen once (`none` at first, a value later); then it must stay. */
export function inferFold(checker: Checker, node: Node<"fold">, scope: Scope): Type {
  const start = checker.infer(node.start, scope);
  const source = sourceOf(checker, node.source, scope);
  const body = (carried: Type): Type => {
    const inside = inner(scope, [[node.name.text, carried]]);
    bindBinder(node.binder, source?.element ?? UNKNOWN, inside);
    return checker.infer(node.body, inside, carried);
  };
  const first = checker.report.quietly(() => body(start)).value;
  const carried = widened(start, first);
  const result = body(carried);
  return isSilent(result) ? carried : widened(start, result);
}

function widened(a: Type, b: Type): Type {
  if (a.kind !== "record" || b.kind !== "record") return either(a, b, true);
  const fields = new Map<string, FieldType>();
  for (const [name, field] of a.fields) {
    const other = b.fields.get(name);
    const type = other === undefined ? field.type : either(field.type, other.type, true);
    fields.set(name, { type, required: true });
  }
  return { ...a, fields };
}
