import type { Span } from "../../grammar/tree.ts";
import {
  conditionNotContained,
  joinMismatch,
  keptShared,
  lacksDimension,
  nameTaken,
  notADimension,
  notContained,
} from "../../program/diagnostics/catalogue/dimensions.ts";
import type { Bound, Given } from "./bind-arguments.ts";
import type { Checker } from "./checker.ts";
import {
  contains,
  type Dimension,
  type Dimensions,
  dimensions,
  hasDimension,
  hidesAnything,
  isEmpty,
  localDimension,
  NO_DIMENSIONS,
  sizeOf,
  union,
  without,
} from "./dimensions.ts";
import { dimensionsOf } from "./match-dimensions.ts";
import { dimensionNamed } from "./members.ts";
import { reportClash } from "./operators.ts";
import { local, type Scope } from "./scope.ts";
import { addSizes, equalSizes, UNKNOWN_SIZE } from "./sizes.ts";
import {
  BOOL,
  describe,
  type Element,
  INT,
  isSilent,
  list,
  type TensorType,
  type Type,
  tensor,
  UNKNOWN,
} from "./types.ts";

/** A call of an operation, after its arguments were bound and typed. */
export interface OperationCall {
  readonly checker: Checker;
  readonly scope: Scope;
  readonly name: string;
  readonly arguments: ReadonlyMap<string, Type>;
  readonly bound: Bound;
  readonly span: Span;
  /** Where the declaration ends that the call stands in. */
  readonly enclosingEnd: number;
}

type Rule = (call: OperationCall) => Type | undefined;

/** Operations whose further named arguments are dimensions: `rename(x, time: source)`. */
export const NAMED_BY_DIMENSIONS: ReadonlySet<string> = new Set(["rename", "shift"]);

/** Operations that read a Bool as 0 and 1. */
export const READS_BOOL: ReadonlySet<string> = new Set([
  "sum",
  "mean",
  "to_int",
  "to_real",
  "cumulative",
]);

function operand(call: OperationCall, name: string): TensorType | undefined {
  const type = call.arguments.get(name);
  return type?.kind === "tensor" ? type : undefined;
}

function placeOf(call: OperationCall, name: string): Span {
  return call.bound.values.get(name)?.value.span ?? call.span;
}

/** The dimensions that an argument names; undefined where that is not known. */
function along(call: OperationCall, name: string): Dimensions | undefined {
  const type = call.arguments.get(name);
  return type === undefined ? undefined : dimensionsOf(type, name);
}

const ORDER: readonly Element[] = ["bool", "int", "real"];

function common(...types: readonly TensorType[]): Element {
  const most = Math.max(...types.map((type) => ORDER.indexOf(type.element)));
  return ORDER[most] ?? "real";
}

/** Says where a tensor lacks one of the dimensions; a rest may hold anything. */
function has(call: OperationCall, x: TensorType, over: Dimensions, at: string): boolean {
  if (hidesAnything(x.dimensions)) return true;
  const lost = over.named.find((dimension) => !hasDimension(x.dimensions, dimension));
  if (lost === undefined) return true;
  // One of that name but of another size is the likelier fault.
  if (reportClash(call.checker, x.dimensions, over, { span: placeOf(call, at) }, call.scope)) {
    return false;
  }
  call.checker.report.add(lacksDimension, call.scope.module, placeOf(call, at), {
    name: lost.name,
    found: describe(x),
    operation: call.name,
  });
  return false;
}

function reduction(element: (x: TensorType) => Element): Rule {
  return (call) => {
    const x = operand(call, "x");
    const over = along(call, "over");
    if (x === undefined || over === undefined) return UNKNOWN;
    if (!has(call, x, over, "over")) return UNKNOWN;
    return tensor(element(x), without(x.dimensions, over), { computed: true });
  };
}

const keptAlong: Rule = (call) => {
  const x = operand(call, "x");
  const over = along(call, "over");
  if (x === undefined || over === undefined) return UNKNOWN;
  if (!has(call, x, over, "over")) return UNKNOWN;
  return { ...x, element: x.element === "bool" ? "int" : x.element, value: undefined };
};

const sameAsOperand: Rule = (call) => {
  const x = operand(call, "x");
  return x === undefined ? UNKNOWN : { ...x, value: undefined };
};

/** Named arguments that are no parameters, with the dimension each means. */
function namedDimensions(
  call: OperationCall,
  x: TensorType,
): readonly { readonly given: Given; readonly dimension: Dimension }[] | undefined {
  const found: { given: Given; dimension: Dimension }[] = [];
  for (const given of call.bound.unknown) {
    const name = given.name?.text ?? "";
    const dimension = dimensionNamed(x, name, call.scope);
    if (dimension !== undefined) {
      found.push({ given, dimension });
      continue;
    }
    if (hidesAnything(x.dimensions)) return undefined;
    call.checker.report.add(lacksDimension, call.scope.module, given.name?.span ?? given.span, {
      name,
      found: describe(x),
      operation: call.name,
    });
    return undefined;
  }
  return found;
}

const rename: Rule = (call) => {
  const { checker, scope } = call;
  // Whatever is renamed, the new names are dimensions from here on.
  const targets = call.bound.unknown.map((given) => given.value);
  const x = operand(call, "x");
  const named = x === undefined ? undefined : namedDimensions(call, x);
  if (x === undefined || named === undefined) {
    for (const target of targets) {
      if (target.kind === "reference" && local(scope, target.name) === undefined) {
        declare(scope, localDimension(target.name, UNKNOWN_SIZE));
      }
    }
    return UNKNOWN;
  }
  let result = x.dimensions;
  for (const { given, dimension } of named) {
    const { value } = given;
    if (value.kind !== "reference") {
      const type = checker.infer(value, scope);
      if (!isSilent(type)) {
        checker.report.add(notADimension, scope.module, value.span, {
          found: describe(type),
          what: "the new name",
        });
      }
      return UNKNOWN;
    }
    const rest = without(result, dimensions([dimension]));
    if (rest.named.some((other) => other.name === value.name)) {
      checker.report.add(nameTaken, scope.module, value.span, {
        name: value.name,
        found: describe(x),
      });
      return UNKNOWN;
    }
    const known = local(scope, value.name);
    const [before] = known?.kind === "dimension" ? known.dimensions.named : [];
    const same = before !== undefined && equalSizes(before.size, dimension.size) === true;
    const made = same ? before : localDimension(value.name, dimension.size);
    if (known === undefined) declare(scope, made);
    result = union(rest, dimensions([made]));
  }
  return { ...x, dimensions: result, sides: undefined, computed: true };
};

function declare(scope: Scope, dimension: Dimension): void {
  // A name that `rename` makes is known to all that follows in the body.
  scope.names.set(dimension.name, {
    kind: "dimension",
    dimensions: dimensions([dimension]),
    sum: false,
  });
}

const shift: Rule = (call) => {
  const x = operand(call, "x");
  for (const given of call.bound.unknown) {
    call.checker.expect(given.value, call.scope, INT, `\`${given.name?.text ?? ""}\``);
  }
  if (x === undefined || namedDimensions(call, x) === undefined) return x ?? UNKNOWN;
  return { ...x, value: undefined };
};

const dot: Rule = (call) => {
  const a = operand(call, "a");
  const b = operand(call, "b");
  const over = along(call, "over");
  if (a === undefined || b === undefined || over === undefined) return UNKNOWN;
  if (!has(call, a, over, "a") || !has(call, b, over, "b")) return UNKNOWN;
  if (reportClash(call.checker, a.dimensions, b.dimensions, call, call.scope)) return UNKNOWN;
  warnKept(call, a, b, over);
  return tensor("real", without(union(a.dimensions, b.dimensions), over), { computed: true });
};

/** A dimension that the body made, kept because both sides have it, and never named again. */
function warnKept(call: OperationCall, a: TensorType, b: TensorType, over: Dimensions): void {
  const { checker, scope } = call;
  const text = checker.program.modules.get(scope.module)?.tree.text ?? "";
  const after = text.slice(call.span.end, call.enclosingEnd);
  for (const dimension of a.dimensions.named) {
    if (!dimension.local || !hasDimension(b.dimensions, dimension)) continue;
    if (hasDimension(over, dimension)) continue;
    if (new RegExp(`\\b${dimension.name}\\b`).test(after)) continue;
    checker.report.add(keptShared, scope.module, call.span, { name: dimension.name });
  }
}

const outer: Rule = (call) => {
  const a = operand(call, "a");
  const b = operand(call, "b");
  if (a === undefined || b === undefined) return UNKNOWN;
  if (reportClash(call.checker, a.dimensions, b.dimensions, call, call.scope)) return UNKNOWN;
  return tensor("real", union(a.dimensions, b.dimensions), { computed: true });
};

const expand: Rule = (call) => {
  const x = operand(call, "x");
  const over = along(call, "over");
  if (x === undefined || over === undefined) return UNKNOWN;
  return { ...x, dimensions: union(x.dimensions, over), computed: true, value: undefined };
};

const part: Rule = (call) => {
  const x = operand(call, "x");
  const of = along(call, "of");
  const into = along(call, "into");
  if (x === undefined || of === undefined || into === undefined) return UNKNOWN;
  if (!has(call, x, of, "of")) return UNKNOWN;
  return {
    ...x,
    dimensions: union(without(x.dimensions, of), into),
    sides: undefined,
    computed: true,
  };
};

const join: Rule = (call) => {
  const a = operand(call, "a");
  const b = operand(call, "b");
  const as = along(call, "as");
  if (a === undefined || b === undefined || as === undefined) return UNKNOWN;
  const whole = dimensions(as.named);
  const over = call.bound.values.has("over") ? along(call, "over") : NO_DIMENSIONS;
  if (over === undefined) return UNKNOWN;
  const element = common(a, b);
  if (!isEmpty(over)) {
    if (!has(call, a, over, "a") || !has(call, b, over, "b")) return UNKNOWN;
    const kept = union(without(a.dimensions, over), without(b.dimensions, over));
    return tensor(element, union(kept, whole), { computed: true });
  }
  const onlyA = without(a.dimensions, b.dimensions);
  const onlyB = without(b.dimensions, a.dimensions);
  if (onlyA.rests.length > 0 || onlyB.rests.length > 0) return UNKNOWN;
  const fail = (detail: string): Type => {
    call.checker.report.add(joinMismatch, call.scope.module, call.span, {
      left: describe(a),
      right: describe(b),
      detail,
    });
    return UNKNOWN;
  };
  const [first] = onlyA.named;
  const [second] = onlyB.named;
  const [sum] = whole.named;
  if (first === undefined || second === undefined) {
    return fail("each needs one dimension that the other lacks");
  }
  if (onlyA.named.length > 1 || onlyB.named.length > 1) {
    return fail("each may have only one dimension that the other lacks");
  }
  if (sum !== undefined && equalSizes(addSizes(first.size, second.size), sum.size) === false) {
    return fail(`\`${sum.name}\` is not \`${first.name} + ${second.name}\``);
  }
  return tensor(element, union(without(a.dimensions, onlyA), whole), { computed: true });
};

/** `min(a, b)` of two, or `min(x, over: d)` along a dimension. */
const extreme: Rule = (call) => {
  const a = operand(call, "a");
  if (a === undefined) return UNKNOWN;
  if (!call.bound.values.has("b")) {
    const over = along(call, "over");
    if (over === undefined || !has(call, a, over, "over")) return UNKNOWN;
    return tensor(a.element, without(a.dimensions, over), { computed: true });
  }
  const b = operand(call, "b");
  if (b === undefined) return UNKNOWN;
  return pairwise(call, a, b);
};

function pairwise(call: OperationCall, a: TensorType, b: TensorType): Type {
  if (reportClash(call.checker, a.dimensions, b.dimensions, call, call.scope)) return UNKNOWN;
  const fits =
    contains(a.dimensions, b.dimensions) !== false ||
    contains(b.dimensions, a.dimensions) !== false;
  if (!fits) {
    const names = (set: Dimensions): string[] => set.named.map((dimension) => dimension.name);
    call.checker.report.add(notContained, call.scope.module, call.span, {
      operator: call.name,
      left: describe(a),
      right: describe(b),
      onlyLeft: names(without(a.dimensions, b.dimensions)),
      onlyRight: names(without(b.dimensions, a.dimensions)),
    });
    return UNKNOWN;
  }
  const computed = a.computed || b.computed;
  return tensor(common(a, b), union(a.dimensions, b.dimensions), { computed });
}

const select: Rule = (call) => {
  const condition = operand(call, "condition");
  const a = operand(call, "a");
  const b = operand(call, "b");
  if (condition === undefined || a === undefined || b === undefined) return UNKNOWN;
  const values = pairwise(call, a, b);
  if (values.kind !== "tensor") return values;
  if (contains(values.dimensions, condition.dimensions) === false) {
    const lost = without(condition.dimensions, values.dimensions).named;
    // Plain numbers take the dimensions of the condition.
    if (isEmpty(values.dimensions)) {
      return tensor(values.element, condition.dimensions, { computed: true });
    }
    call.checker.report.add(conditionNotContained, call.scope.module, call.span, {
      condition: describe(condition),
      value: describe(values),
      missing: lost.map((dimension) => dimension.name),
      operation: call.name,
    });
    return UNKNOWN;
  }
  return { ...values, computed: values.computed || condition.computed };
};

const oneHot: Rule = (call) => {
  const id = operand(call, "id");
  const over = along(call, "over");
  if (id === undefined || over === undefined) return UNKNOWN;
  return tensor("real", union(id.dimensions, over), { computed: true });
};

const random: Rule = (call) => {
  const over = along(call, "dimensions");
  return over === undefined ? UNKNOWN : tensor("real", over, { computed: true });
};

const size: Rule = (call) => {
  const of = along(call, "dimension");
  return { ...INT, value: (of === undefined ? undefined : sizeOf(of)) ?? UNKNOWN_SIZE };
};

const zip: Rule = (call) => {
  const parts: Type[] = [];
  const values = [...call.bound.values.values()].map((given) => given.value);
  for (const [at, type] of [...call.arguments.values()].entries()) {
    if (type.kind !== "list" || values[at] === undefined) return UNKNOWN;
    parts.push(type.element);
  }
  return list(list(UNKNOWN, parts));
};

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["rename", rename],
  ["shift", shift],
  ["dot", dot],
  ["outer", outer],
  ["expand", expand],
  ["part", part],
  ["join", join],
  ["sum", reduction((x) => (x.element === "bool" ? "int" : x.element))],
  ["mean", reduction(() => "real")],
  ["log_sum_exp", reduction(() => "real")],
  ["argmax", reduction(() => "int")],
  ["softmax", keptAlong],
  ["cumulative", keptAlong],
  ["minimum", extreme],
  ["maximum", extreme],
  ["select", select],
  ["one_hot", oneHot],
  ["random", random],
  ["size", size],
  ["zip", zip],
  ["is_matrix", () => BOOL],
  ["stop_gradient", sameAsOperand],
  ["abs", sameAsOperand],
  ["sign", sameAsOperand],
]);

/** What an operation gives where its signature cannot say it; undefined: the signature says it. */
export function operationResult(row: string, call: OperationCall): Type | undefined {
  return RULES.get(row)?.(call);
}
