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
import { type Matching, MISMATCH, type Problem } from "./matching.ts";
import { UNKNOWN_SIZE } from "./sizes.ts";
import { isSilent, type TensorType, type Type } from "./types.ts";

/** A Dim takes a dimension, a list of them, or a whole number: a new dimension of that size. */
export function matchDimension(
  expected: Dimensions,
  actual: Type,
  found: Matching,
): Problem | undefined {
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

export function matchTensor(
  expected: TensorType,
  actual: Type,
  found: Matching,
): Problem | undefined {
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
