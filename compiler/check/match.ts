import type { Checker } from "./checker.ts";
import {
  clash,
  contains,
  type Dimension,
  type Dimensions,
  dimensions,
  hasDimension,
  hasRest,
  hidesAnything,
  isEmpty,
  NO_DIMENSIONS,
  type Rest,
  sizedDimension,
  substituteDimensions,
  without,
} from "./dimensions.ts";
import { UNKNOWN_SIZE } from "./sizes.ts";
import { substitute } from "./substitute.ts";
import {
  type Bindings,
  describe,
  type FunctionType,
  isSilent,
  type ModelType,
  type RecordType,
  type TensorType,
  type Type,
} from "./types.ts";

/** What a call has bound so far; only `open` variables may be bound. */
export interface Matching {
  readonly open: ReadonlySet<number>;
  readonly dimensions: Map<number, Dimensions>;
  readonly types: Map<number, Type>;
}

export function matching(open: ReadonlySet<number> = new Set()): Matching {
  return { open, dimensions: new Map(), types: new Map() };
}

export function bindingsOf(found: Matching): Bindings {
  return { dimensions: found.dimensions, types: found.types };
}

/** Why a type does not fit, as structured facts. */
export type Problem =
  | { readonly kind: "mismatch" }
  | {
      readonly kind: "dimensions";
      readonly missing: readonly string[];
      readonly extra: readonly string[];
    }
  | { readonly kind: "clash"; readonly left: Dimension; readonly right: Dimension }
  | {
      readonly kind: "unit";
      readonly expected: readonly string[];
      readonly found: readonly string[];
    }
  | { readonly kind: "missing-unit"; readonly expected: readonly string[] }
  | { readonly kind: "unwanted-unit" }
  | { readonly kind: "maybe-none" }
  | { readonly kind: "not-dimension" }
  | { readonly kind: "dimension-as-number"; readonly name: string }
  | { readonly kind: "missing-fields"; readonly names: readonly string[]; readonly of: string }
  | {
      readonly kind: "not-satisfied";
      readonly model: ModelType;
      readonly wanted: ModelType;
      readonly missing: readonly string[];
    }
  | {
      readonly kind: "member";
      readonly model: ModelType;
      readonly wanted: ModelType;
      readonly member: string;
      readonly expected: string;
      readonly found: string;
    }
  | { readonly kind: "untrained" }
  | { readonly kind: "arity"; readonly expected: number; readonly found: number }
  | { readonly kind: "incomplete"; readonly missing: readonly string[] };

const MISMATCH: Problem = { kind: "mismatch" };

/** Whether a value of the type `actual` may stand where `expected` is asked for; binds variables. */
export function matchTypes(
  checker: Checker,
  expected: Type,
  actual: Type,
  found: Matching,
): Problem | undefined {
  if (expected === actual || isSilent(expected) || isSilent(actual)) return undefined;
  if (actual.kind === "variable" && expected.kind !== "variable") return undefined;
  if (actual.kind === "union" && expected.kind !== "variable") {
    return matchUnionValue(checker, expected, actual, found);
  }
  switch (expected.kind) {
    case "unknown":
      return undefined;
    case "none":
      return actual.kind === "none" ? undefined : MISMATCH;
    case "literal":
      return actual.kind === "literal" && actual.value === expected.value ? undefined : MISMATCH;
    case "named":
      return matchNamed(expected.name, actual);
    case "tensor":
      return matchTensor(expected, actual, found);
    case "count":
      return matchCount(expected.units, actual);
    case "dimension":
      return matchDimension(expected.dimensions, actual, found);
    case "list":
      if (actual.kind !== "list") return MISMATCH;
      if (actual.tuple !== undefined && actual.tuple.length === 0) return undefined;
      return matchTypes(checker, expected.element, actual.element, found);
    case "record":
      return matchRecord(checker, expected, actual, found);
    case "constructor":
      return actual.kind === "constructor" ? undefined : MISMATCH;
    case "function":
      return matchFunction(checker, expected, actual, found);
    case "lambda":
      return undefined;
    case "union":
      return matchAlternatives(checker, expected.members, actual, found);
    case "data":
      if (actual.kind !== "data") return MISMATCH;
      return matchTypes(checker, expected.row, actual.row, found) === undefined
        ? undefined
        : MISMATCH;
    case "model":
      return matchModel(checker, expected, actual, found);
    case "variable":
      return matchVariable(checker, expected, actual, found);
  }
}

function matchUnionValue(
  checker: Checker,
  expected: Type,
  actual: Extract<Type, { kind: "union" }>,
  found: Matching,
): Problem | undefined {
  let problem: Problem | undefined;
  let fits = 0;
  for (const member of actual.members) {
    const one = matchTypes(checker, expected, member, found);
    if (one === undefined) fits += 1;
    else problem ??= member.kind === "none" ? { kind: "maybe-none" } : one;
  }
  // A recipe value decides which it is; where one of them fits, the branch that does is not known yet.
  if (actual.decided && fits > 0) return undefined;
  return problem;
}

function matchAlternatives(
  checker: Checker,
  members: readonly Type[],
  actual: Type,
  found: Matching,
): Problem | undefined {
  let best: Problem | undefined;
  for (const member of members) {
    const problem = matchTypes(checker, member, actual, found);
    if (problem === undefined) return undefined;
    if (best === undefined || best.kind === "mismatch") best = problem;
  }
  const units = members.flatMap((member) => (member.kind === "count" ? member.units : []));
  if (best?.kind === "unit") return { ...best, expected: units };
  return best;
}

function matchVariable(
  checker: Checker,
  expected: Extract<Type, { kind: "variable" }>,
  actual: Type,
  found: Matching,
): Problem | undefined {
  if (actual.kind === "variable") {
    if (!found.open.has(expected.variable)) return undefined;
  }
  const bound = found.types.get(expected.variable);
  if (bound !== undefined) return matchTypes(checker, bound, actual, found);
  if (found.open.has(expected.variable)) found.types.set(expected.variable, actual);
  return undefined;
}

function matchNamed(name: string, actual: Type): Problem | undefined {
  if (actual.kind === "named") {
    if (actual.name === name) return undefined;
    if (name === "Model" && actual.name === "Checkpoint") return undefined;
    return actual.name === "Share" ? { kind: "unwanted-unit" } : MISMATCH;
  }
  switch (name) {
    case "Text":
      return actual.kind === "literal" ? undefined : MISMATCH;
    case "Model":
      return actual.kind === "model" ? undefined : MISMATCH;
    case "Checkpoint":
      if (actual.kind !== "model") return MISMATCH;
      return actual.concrete || actual.variable !== undefined ? undefined : { kind: "untrained" };
    case "Dim":
      return matchDimension(NO_DIMENSIONS, actual, matching());
    case "Objective":
      return actual.kind === "function" || actual.kind === "lambda" ? undefined : MISMATCH;
    case "Initialiser":
      // `zeros` and `ones` are functions that make a tensor like another.
      return actual.kind === "function" && actual.result.kind === "tensor" ? undefined : MISMATCH;
    case "Reparameterisation":
      return actual.kind === "lambda" || actual.kind === "function" ? undefined : MISMATCH;
    default:
      return MISMATCH;
  }
}

function matchCount(units: readonly string[], actual: Type): Problem | undefined {
  if (actual.kind === "count") {
    return actual.units.every((unit) => units.includes(unit))
      ? undefined
      : { kind: "unit", expected: units, found: actual.units };
  }
  if (actual.kind === "tensor" && isEmpty(actual.dimensions) && actual.element !== "bool") {
    return { kind: "missing-unit", expected: units };
  }
  return MISMATCH;
}

/** A Dim takes a dimension, a list of them, or a whole number: a new dimension of that size. */
function matchDimension(expected: Dimensions, actual: Type, found: Matching): Problem | undefined {
  const [variable] = expected.named;
  const value = dimensionsOf(actual, variable?.name ?? "dimension");
  if (value === undefined) {
    return actual.kind === "list" && isSilent(actual.element)
      ? undefined
      : { kind: "not-dimension" };
  }
  if (variable?.variable === undefined || !found.open.has(variable.variable)) return undefined;
  found.dimensions.set(variable.variable, value);
  return undefined;
}

/** What a value means as a dimension; `name` is what a new one is called. */
export function dimensionsOf(actual: Type, name: string): Dimensions | undefined {
  switch (actual.kind) {
    case "dimension":
      return actual.dimensions;
    case "tensor":
      if (actual.element !== "int" || !isEmpty(actual.dimensions)) return undefined;
      return dimensions([sizedDimension(name, actual.value ?? UNKNOWN_SIZE)]);
    case "list":
      if (actual.tuple?.length === 0) return NO_DIMENSIONS;
      return undefined;
    default:
      return undefined;
  }
}

const ELEMENT_FITS: Record<string, readonly string[]> = {
  real: ["real", "int"],
  int: ["int"],
  bool: ["bool"],
};

function matchTensor(expected: TensorType, actual: Type, found: Matching): Problem | undefined {
  if (actual.kind === "dimension") {
    const [only] = actual.dimensions.named;
    return { kind: "dimension-as-number", name: only?.name ?? "…" };
  }
  if (actual.kind === "count" || (actual.kind === "named" && actual.name === "Share")) {
    return { kind: "unwanted-unit" };
  }
  // Element-wise functions act on each parameter of a Delta or a Checkpoint.
  if (isLiftable(expected, actual)) return undefined;
  if (actual.kind !== "tensor") return MISMATCH;
  if (ELEMENT_FITS[expected.element]?.includes(actual.element) !== true) return MISMATCH;
  return matchDimensions(expected, actual, found);
}

function isLiftable(expected: TensorType, actual: Type): boolean {
  const whole =
    actual.kind === "model" ||
    (actual.kind === "named" && (actual.name === "Delta" || actual.name === "Checkpoint"));
  return whole && expected.dimensions.named.length === 0 && expected.dimensions.rests.length > 0;
}

/** Matching by names (LANGUAGE.md, Dimensions): deterministic, and linear in the dimensions. */
function matchDimensions(
  expected: TensorType,
  actual: TensorType,
  found: Matching,
): Problem | undefined {
  const sides = expected.sides;
  if (sides !== undefined && actual.sides !== undefined) {
    return (
      matchSet(sides.from, actual.sides.from, found) ?? matchSet(sides.to, actual.sides.to, found)
    );
  }
  return matchSet(expected.dimensions, actual.dimensions, found);
}

function matchSet(expected: Dimensions, actual: Dimensions, found: Matching): Problem | undefined {
  if (hidesAnything(expected)) return undefined;
  const [onlyRest] = expected.rests;
  if (expected.named.length === 0 && onlyRest !== undefined && expected.rests.length === 1) {
    return matchRest(onlyRest, actual, found);
  }
  const fixed: Dimension[] = [];
  const free: Dimension[] = [];
  const freeRests: Rest[] = [];
  let wanted: Dimensions = NO_DIMENSIONS;
  for (const dimension of expected.named) {
    const { variable } = dimension;
    const bound = variable === undefined ? undefined : found.dimensions.get(variable);
    if (bound !== undefined) {
      fixed.push(...bound.named);
      wanted = dimensions(fixed, [...wanted.rests, ...bound.rests]);
    } else if (variable !== undefined && found.open.has(variable)) free.push(dimension);
    else fixed.push(...substituteDimensions(dimensions([dimension]), found.dimensions).named);
  }
  for (const rest of expected.rests) {
    const bound = found.dimensions.get(rest.variable);
    if (bound !== undefined) {
      fixed.push(...bound.named);
      wanted = dimensions(fixed, [...wanted.rests, ...bound.rests]);
    } else if (found.open.has(rest.variable)) freeRests.push(rest);
    else wanted = dimensions(fixed, [...wanted.rests, rest]);
  }
  wanted = dimensions(fixed, wanted.rests);

  const differing = clash(wanted, actual);
  if (differing !== undefined) return { kind: "clash", left: differing[0], right: differing[1] };
  const left = without(actual, wanted);
  const missing = without(wanted, actual);
  let remaining = [...left.named];
  const unmatched: Dimension[] = [];
  for (const dimension of free) {
    const same = remaining.find((other) => other.name === dimension.name);
    if (same === undefined) unmatched.push(dimension);
    else {
      bind(dimension, dimensions([same]), found);
      remaining = remaining.filter((other) => other !== same);
    }
  }
  const [lone] = unmatched;
  const [last] = remaining;
  if (
    lone !== undefined &&
    unmatched.length === 1 &&
    last !== undefined &&
    remaining.length === 1
  ) {
    bind(lone, dimensions([last]), found);
    remaining = [];
    unmatched.pop();
  }
  const [rest] = freeRests;
  if (rest !== undefined && unmatched.length === 0) {
    found.dimensions.set(rest.variable, dimensions(remaining, left.rests));
    if (isEmpty(missing)) return undefined;
    remaining = [];
  }
  const lacks = [...missing.named, ...unmatched].map((dimension) => dimension.name);
  // What a rest of the caller holds is not known here: only the instance can tell.
  if (hidesAnything(actual) || missing.rests.length > 0) return undefined;
  const extra = remaining.map((dimension) => dimension.name);
  if (lacks.length === 0 && extra.length === 0) return undefined;
  return { kind: "dimensions", missing: lacks, extra };
}

function bind(dimension: Dimension, value: Dimensions, found: Matching): void {
  if (dimension.variable !== undefined) found.dimensions.set(dimension.variable, value);
}

/** `[..d]` alone: of several tensors, one has the dimensions of all the others. */
function matchRest(rest: Rest, actual: Dimensions, found: Matching): Problem | undefined {
  const bound = found.dimensions.get(rest.variable);
  if (bound === undefined) {
    if (found.open.has(rest.variable)) {
      found.dimensions.set(rest.variable, actual);
      return undefined;
    }
    const extra = hasRest(actual, rest) || isEmpty(actual) ? actual.named : undefined;
    return hidesAnything(actual) || extra?.length === 0
      ? undefined
      : { kind: "dimensions", missing: [], extra: actual.named.map((other) => other.name) };
  }
  const differing = clash(bound, actual);
  if (differing !== undefined) return { kind: "clash", left: differing[0], right: differing[1] };
  if (contains(bound, actual) !== false) return undefined;
  if (contains(actual, bound) !== false) {
    if (found.open.has(rest.variable)) found.dimensions.set(rest.variable, actual);
    return undefined;
  }
  return {
    kind: "dimensions",
    missing: bound.named.filter((d) => !hasDimension(actual, d)).map((d) => d.name),
    extra: actual.named.filter((d) => !hasDimension(bound, d)).map((d) => d.name),
  };
}

function matchRecord(
  checker: Checker,
  expected: RecordType,
  actual: Type,
  found: Matching,
): Problem | undefined {
  if (actual.kind !== "record") return MISMATCH;
  if (actual.others !== undefined) return undefined;
  const same = expected.declaration !== undefined && expected.declaration === actual.declaration;
  if (same && expected.lifted === undefined && actual.lifted === undefined) return undefined;
  const missing: string[] = [];
  for (const [name, field] of expected.fields) {
    const given = actual.fields.get(name);
    if (given === undefined) {
      if (field.required) missing.push(name);
      continue;
    }
    const problem = matchTypes(checker, field.type, given.type, found);
    if (problem !== undefined)
      return same ? problem : problem.kind === "mismatch" ? MISMATCH : problem;
  }
  if (missing.length > 0) return { kind: "missing-fields", names: missing, of: describe(expected) };
  return undefined;
}

/** A function fits where it takes what is given and gives what is taken. */
function matchFunction(
  checker: Checker,
  expected: FunctionType,
  actual: Type,
  found: Matching,
): Problem | undefined {
  const bound = bindingsOf(found);
  const parameters = expected.parameters.map((parameter) => substitute(parameter.type, bound));
  if (actual.kind === "lambda") {
    const names = actual.node.kind === "lambda" ? actual.node.parameters.length : 1;
    if (names !== parameters.length) {
      return { kind: "arity", expected: parameters.length, found: names };
    }
  } else if (
    actual.kind !== "function" &&
    actual.kind !== "model" &&
    actual.kind !== "constructor"
  ) {
    return MISMATCH;
  }
  const applied = checker.applyTypes(actual, parameters);
  if (!("type" in applied)) return applied.kind === "mismatch" ? MISMATCH : applied;
  return matchTypes(checker, substitute(expected.result, bound), applied.type, found);
}

function matchModel(
  checker: Checker,
  expected: ModelType,
  actual: Type,
  found: Matching,
): Problem | undefined {
  if (actual.kind === "named" && (actual.name === "Checkpoint" || actual.name === "Model")) {
    return undefined;
  }
  if (actual.kind !== "model") return MISMATCH;
  if (expected.concrete && !actual.concrete && actual.variable === undefined) {
    return { kind: "untrained" };
  }
  if (expected.variable !== undefined && found.open.has(expected.variable)) {
    found.types.set(expected.variable, actual);
  }
  const info = checker.modelInfo(expected.declaration, expected.module);
  if (!info.isInterface) {
    if (actual.declaration !== expected.declaration) return MISMATCH;
    for (const [variable, set] of expected.bindings.dimensions) {
      const [own] = set.named;
      const value = actual.bindings.dimensions.get(variable);
      if (own?.variable !== undefined && found.open.has(own.variable) && value !== undefined) {
        found.dimensions.set(own.variable, value);
      }
    }
    return undefined;
  }
  if (actual.declaration === expected.declaration && actual.variable === expected.variable) {
    return undefined;
  }
  const missing = info.names.filter((name) => checker.member(actual, name) === undefined);
  if (missing.length > 0)
    return { kind: "not-satisfied", model: actual, wanted: expected, missing };
  for (const name of info.names) {
    const promised = checker.member(expected, name);
    const given = checker.member(actual, name);
    if (promised?.kind !== "dimension" || given === undefined) continue;
    const [own] = promised.dimensions.named;
    const value = dimensionsOf(given, own?.name ?? name);
    if (value === undefined && !isSilent(given)) {
      return wrongMember(actual, expected, name, promised, given);
    }
    if (own?.variable !== undefined && value !== undefined && found.open.has(own.variable)) {
      found.dimensions.set(own.variable, value);
    }
  }
  const bound = bindingsOf(found);
  for (const name of info.names) {
    const promised = checker.member(expected, name);
    const given = checker.member(actual, name);
    if (promised === undefined || given === undefined || promised.kind === "dimension") continue;
    const wanted = substitute(promised, bound);
    if (matchTypes(checker, wanted, given, found) !== undefined) {
      return wrongMember(actual, expected, name, wanted, given);
    }
  }
  return undefined;
}

function wrongMember(
  model: ModelType,
  wanted: ModelType,
  member: string,
  expected: Type,
  given: Type,
): Problem {
  return {
    kind: "member",
    model,
    wanted,
    member,
    expected: describe(expected),
    found: describe(given),
  };
}
