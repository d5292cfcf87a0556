import type { DimensionNode, Expression, Name } from "../../grammar/tree.ts";
import type { Axis } from "../operations/tensor.ts";
import { find, type Scope } from "./scope.ts";
import type { DimensionValue, Value } from "./value.ts";
import { refuse, type Site, sizedAxis, type World } from "./world.ts";

export function dimension(axes: readonly Axis[]): DimensionValue {
  return { kind: "dimension", axes };
}

/** Dimensions as one list; undefined for what is none, without a report. */
export function axesOf(value: Value): readonly Axis[] | undefined {
  if (value.kind === "dimension") return value.axes;
  if (value.kind !== "list") return undefined;
  const axes: Axis[] = [];
  for (const item of value.items) {
    const inner = axesOf(item);
    if (inner === undefined) return undefined;
    axes.push(...inner);
  }
  return axes;
}

export function requireAxes(world: World, site: Site, value: Value): readonly Axis[] | undefined {
  const axes = axesOf(value);
  if (axes === undefined) refuse(world, site, "a dimension", value);
  return axes;
}

export function requireAxis(world: World, site: Site, value: Value): Axis | undefined {
  const axes = requireAxes(world, site, value);
  if (axes === undefined) return undefined;
  const [axis] = axes;
  if (axis === undefined || axes.length > 1) {
    refuse(world, site, "a single dimension", value);
    return undefined;
  }
  return axis;
}

/** What a `Dim` parameter is given: dimensions, or a size, which makes a dimension of its name. */
export function asDimension(world: World, site: Site, name: string, value: Value): Value {
  if (value.kind === "number") {
    const axis = sizedAxis(world, site, name, value.value);
    return axis === undefined ? { kind: "unknown" } : dimension([axis]);
  }
  const axes = axesOf(value);
  if (axes === undefined) return refuse(world, site, `a dimension for \`${name}\``, value);
  return dimension(axes);
}

/** `dim half = size(over) / 2`, `dim stream = width + extra`: a new dimension, or a sum of two. */
export function declareDimension(
  world: World,
  site: Site,
  name: string,
  value: Expression,
  scope: Scope,
): Value {
  const given = world.evaluate(value, scope);
  if (given.kind === "dimension") return renamedSum(world, name, given);
  if (given.kind !== "number") return refuse(world, site, "a size or a sum of dimensions", given);
  return declared(world, scope, `${site.file}:${site.span.start}:${name}:${given.value}`, () =>
    sizedAxis(world, site, name, given.value),
  );
}

/** `dim choice = active` where `active` is a dimension is that dimension; a fresh sum gets the name. */
function renamedSum(world: World, name: string, given: DimensionValue): DimensionValue {
  const [axis] = given.axes;
  const parts = axis === undefined ? undefined : world.declaredAxes.sums.get(axis);
  if (axis === undefined || parts === undefined || axis.name === name) return given;
  if (!axis.name.includes("+")) return given;
  const named = world.builder.axis(name, axis.size);
  world.declaredAxes.sums.set(named, parts);
  world.declaredAxes.byKey.set(sumKey(parts), named);
  return dimension([named]);
}

function sumKey(parts: readonly Axis[]): string {
  return `sum:${parts
    .map((part) => part.id)
    .sort((a, b) => a - b)
    .join("+")}`;
}

/** The dimension whose entries are those of one dimension, then those of the other. */
export function sumOfDimensions(
  world: World,
  left: readonly Axis[],
  right: readonly Axis[],
): Value {
  const parts = [...left, ...right].flatMap((axis) => world.declaredAxes.sums.get(axis) ?? [axis]);
  const key = sumKey(parts);
  const known = world.declaredAxes.byKey.get(key);
  if (known !== undefined) return dimension([known]);
  const size = parts.reduce((total, axis) => total + axis.size, 0);
  const axis = world.builder.axis(parts.map((part) => part.name).join("+"), size);
  world.declaredAxes.byKey.set(key, axis);
  world.declaredAxes.sums.set(axis, parts);
  return dimension([axis]);
}

/**
 * The axis of a declaration: the same one whenever the same code is evaluated with the same sizes, so
 * that equal work is one node; another one where an argument of the call has it already.
 */
export function declared(
  world: World,
  scope: Scope,
  key: string,
  make: () => Axis | undefined,
): Value {
  const { byKey } = world.declaredAxes;
  for (let copy = 0; ; copy += 1) {
    const known = byKey.get(`${key}#${copy}`);
    if (known !== undefined && scope.activation.foreign.has(known)) continue;
    const axis = known ?? make();
    if (axis === undefined) return { kind: "unknown" };
    byKey.set(`${key}#${copy}`, axis);
    return dimension([axis]);
  }
}

/** The new dimension that `rename(x, time: source)` names: a copy of the old one, in this call. */
export function declareCopy(world: World, scope: Scope, name: string, of: Axis): Axis | undefined {
  const value = declared(world, scope, `copy:${name}:${of.copyOf?.id ?? of.id}:${of.size}`, () =>
    world.builder.axis(name, of.size, of),
  );
  if (value.kind !== "dimension") return undefined;
  scope.activation.scope().names.set(name, value);
  return value.axes[0];
}

/** A dimension called by name: what the scope says, else the only one of the tensor so named. */
export function namedAxis(scope: Scope, name: string, axes: readonly Axis[]): Axis | undefined {
  const known = find(scope, name);
  if (known?.kind === "dimension") {
    const [axis] = known.axes;
    if (axis !== undefined && known.axes.length === 1) return axis;
  }
  const named = axes.filter((axis) => axis.name === name);
  return named.length === 1 ? named[0] : undefined;
}

/** What matching a tensor's axes with the dimensions of a type found. */
export interface Match {
  /** Variables and rests with the axes they stand for. */
  readonly bound: ReadonlyMap<string, readonly Axis[]>;
  /** Axes that the code inside knows under a fresh one: what was given → what it becomes. */
  readonly renamed: ReadonlyMap<Axis, Axis>;
  /** What could not be matched. */
  readonly missing: readonly string[];
}

/**
 * Matches axes with the dimensions of a signature: names in scope stand for themselves, a variable
 * takes the axis of its name (by the caller's names first), one that remains takes the one that
 * remains, and the rest takes what is left.
 */
export function matchDimensions(
  world: World,
  dimensions: readonly DimensionNode[],
  axes: readonly Axis[],
  inner: Scope,
  outer: Scope,
  aliases: ReadonlyMap<Axis, Axis>,
): Match {
  let left = [...axes];
  const bound = new Map<string, readonly Axis[]>();
  const renamed = new Map<Axis, Axis>();
  const missing: string[] = [];
  const variables: string[] = [];
  let rest: Name | undefined;

  const takeAxis = (axis: Axis): boolean => {
    const original = aliases.get(axis);
    const given = left.includes(axis) ? axis : original;
    if (given === undefined || !left.includes(given)) return false;
    if (given !== axis) renamed.set(given, axis);
    left = left.filter((other) => other !== given);
    return true;
  };

  for (const node of dimensions) {
    if (node.kind === "rest") {
      const known = find(inner, node.name.text);
      if (known?.kind === "dimension") {
        for (const axis of known.axes) if (!takeAxis(axis)) missing.push(axis.name);
      } else rest = node.name;
      continue;
    }
    const { value } = node;
    const known = value.kind === "reference" ? find(inner, value.name) : undefined;
    if (value.kind === "reference" && known?.kind !== "dimension") {
      variables.push(value.name);
      continue;
    }
    const given = known ?? world.evaluate(value, inner);
    for (const axis of axesOf(given) ?? []) if (!takeAxis(axis)) missing.push(axis.name);
  }

  const unmatched: string[] = [];
  for (const name of variables) {
    const called = find(outer, name);
    const byScope =
      called?.kind === "dimension" && called.axes.length === 1 ? called.axes[0] : undefined;
    const axis =
      byScope !== undefined && left.includes(byScope)
        ? byScope
        : left.find((other) => other.name === name);
    if (axis === undefined) unmatched.push(name);
    else {
      bound.set(name, [axis]);
      left = left.filter((other) => other !== axis);
    }
  }
  const [only] = unmatched;
  const [remaining] = left;
  if (
    only !== undefined &&
    unmatched.length === 1 &&
    remaining !== undefined &&
    left.length === 1
  ) {
    bound.set(only, [remaining]);
    left = [];
  } else missing.push(...unmatched);
  if (rest !== undefined) bound.set(rest.text, left);
  return { bound, renamed, missing };
}
