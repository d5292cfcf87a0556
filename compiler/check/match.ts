import type { Checker } from "./checker.ts";
import { isEmpty, NO_DIMENSIONS } from "./dimensions.ts";
import { dimensionsOf, matchDimension, matchTensor } from "./match-dimensions.ts";
import { bindingsOf, type Matching, MISMATCH, matching, type Problem } from "./matching.ts";
import { substitute } from "./substitute.ts";
import {
  describe,
  type FunctionType,
  isSilent,
  type ModelType,
  type RecordType,
  type Type,
} from "./types.ts";

/** Whether a value of the type `actual` may stand where `expected` is asked for; binds variables. */
export function matchTypes(
  checker: Checker,
  expected: Type,
  actual: Type,
  found: Matching,
): Problem | undefined {
  if (expected === actual || isSilent(expected) || isSilent(actual)) return undefined;
  if (isUnreadList(expected) || isUnreadList(actual)) return undefined;
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

/** A list of nobody knows what may have been meant as something else. */
function isUnreadList(type: Type): boolean {
  return type.kind === "list" && type.element.kind === "unknown" && type.tuple?.length !== 0;
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
