import {
  constantSize,
  equalSizes,
  multiplySizes,
  type Size,
  substituteSize,
  symbolSize,
} from "./sizes.ts";

/**
 * A dimension of a tensor: a name with a size. One that a signature or a parameter declares is
 * rigid in the body (`variable` is its identity) and replaced by the caller's.
 */
export interface Dimension {
  readonly name: string;
  readonly size: Size;
  readonly variable: number | undefined;
  /** Set for what a body made itself, by `rename` or `dim`. */
  readonly local: boolean;
}

/** `..at` of a signature: any set of further dimensions. */
export interface Rest {
  readonly name: string;
  readonly variable: number;
}

/** A set of dimensions; the order is for printing only. */
export interface Dimensions {
  readonly named: readonly Dimension[];
  readonly rests: readonly Rest[];
}

export const NO_DIMENSIONS: Dimensions = { named: [], rests: [] };

let variables = 0;

/** An identity for something that a signature leaves open. Only equality matters. */
export function freshVariable(): number {
  variables += 1;
  return variables;
}

export function rigidDimension(name: string): Dimension {
  const variable = freshVariable();
  return { name, size: symbolSize(variable), variable, local: false };
}

export function localDimension(name: string, size: Size): Dimension {
  return { name, size, variable: undefined, local: true };
}

export function sizedDimension(name: string, size: Size): Dimension {
  return { name, size, variable: undefined, local: false };
}

export function dimensions(named: readonly Dimension[], rests: readonly Rest[] = []): Dimensions {
  return named.length === 0 && rests.length === 0 ? NO_DIMENSIONS : { named, rests };
}

/** Same name; sizes that cannot be compared count as equal. */
export function sameDimension(a: Dimension, b: Dimension): boolean {
  if (a === b) return true;
  return a.name === b.name && equalSizes(a.size, b.size) !== false;
}

export function hasDimension(set: Dimensions, dimension: Dimension): boolean {
  return set.named.some((other) => sameDimension(other, dimension));
}

export function hasRest(set: Dimensions, rest: Rest): boolean {
  return set.rests.some((other) => other.variable === rest.variable);
}

export function union(a: Dimensions, b: Dimensions): Dimensions {
  if (b.named.length + b.rests.length === 0) return a;
  if (a.named.length + a.rests.length === 0) return b;
  return {
    named: [...a.named, ...b.named.filter((dimension) => !hasDimension(a, dimension))],
    rests: [...a.rests, ...b.rests.filter((rest) => !hasRest(a, rest))],
  };
}

export function without(a: Dimensions, b: Dimensions): Dimensions {
  return dimensions(
    a.named.filter((dimension) => !hasDimension(b, dimension)),
    a.rests.filter((rest) => !hasRest(b, rest)),
  );
}

export function isEmpty(set: Dimensions): boolean {
  return set.named.length === 0 && set.rests.length === 0;
}

/** The name of a rest that stands for dimensions which are not known yet: silent wherever it is. */
export const ANYTHING = "…";

export function hidesAnything(set: Dimensions): boolean {
  return set.rests.some((rest) => rest.name === ANYTHING);
}

/** True, false, or undefined where a rest hides the answer. A rest has no dimension that it is not said to have. */
export function contains(outer: Dimensions, inner: Dimensions): boolean | undefined {
  const left = without(inner, outer);
  if (isEmpty(left)) return true;
  if (hidesAnything(outer) || hidesAnything(inner)) return undefined;
  return left.named.length > 0 ? false : undefined;
}

/** Two dimensions of one name whose sizes are known to differ. */
export function clash(a: Dimensions, b: Dimensions): readonly [Dimension, Dimension] | undefined {
  for (const left of a.named) {
    for (const right of b.named) {
      if (left.name === right.name && equalSizes(left.size, right.size) === false) {
        return [left, right];
      }
    }
  }
  return undefined;
}

/** A dimension that stands twice in the set. */
export function repeated(set: Dimensions): Dimension | undefined {
  return set.named.find((dimension, at) =>
    set.named.some((other, before) => before < at && sameDimension(other, dimension)),
  );
}

export function sizeOf(set: Dimensions): Size | undefined {
  if (set.rests.length > 0) return undefined;
  const [only] = set.named;
  if (only?.size.certain === true && set.named.length === 1) return only.size;
  return set.named.reduce(
    (size, dimension) => multiplySizes(size, dimension.size),
    constantSize(1),
  );
}

/** What a call binds the variables of a signature to. */
export type DimensionBindings = ReadonlyMap<number, Dimensions>;

/** Replaces what is bound; a dimension bound to a list becomes all of them. */
export function substituteDimensions(set: Dimensions, bound: DimensionBindings): Dimensions {
  if (bound.size === 0 || isEmpty(set)) return set;
  const named: Dimension[] = [];
  const rests: Rest[] = [];
  let changed = false;
  const sizes = (symbol: number): Size | undefined => {
    const value = bound.get(symbol);
    return value === undefined ? undefined : sizeOf(value);
  };
  for (const dimension of set.named) {
    const value = dimension.variable === undefined ? undefined : bound.get(dimension.variable);
    if (value !== undefined) {
      changed = true;
      named.push(...value.named);
      rests.push(...value.rests);
    } else {
      const size = substituteSize(dimension.size, sizes);
      if (size !== dimension.size) changed = true;
      named.push(size === dimension.size ? dimension : { ...dimension, size });
    }
  }
  for (const rest of set.rests) {
    const value = bound.get(rest.variable);
    if (value === undefined) rests.push(rest);
    else {
      changed = true;
      named.push(...value.named);
      rests.push(...value.rests);
    }
  }
  return changed ? dimensions(named, rests) : set;
}

export function describeDimensions(set: Dimensions): string {
  return [
    ...set.rests.map((rest) => `..${rest.name}`),
    ...set.named.map((dimension) => dimension.name),
  ].join(", ");
}
