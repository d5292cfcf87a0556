import type { Expression, Parameter, Span } from "../../grammar/tree.ts";
import type { Axis } from "../operations/tensor.ts";
import { bindDimensions, coerce, isDimensionType } from "./coerce.ts";
import { dimension } from "./dimensions.ts";
import type { Scope } from "./scope.ts";
import type { Value } from "./value.ts";
import type { Site, World } from "./world.ts";

/** Named arguments that no parameter has; operations read them as dimensions. */
export interface ByDimension {
  readonly name: string;
  readonly value: Expression;
}

/** Everything that a call gives, evaluated. */
export interface Call {
  readonly values: ReadonlyMap<string, Value>;
  readonly byDimension: readonly ByDimension[];
  readonly site: Site;
  /** Where the values are written, by parameter; none for a call that gives values. */
  readonly places?: ReadonlyMap<string, Span>;
  /** The scope of the caller. */
  readonly outer: Scope;
}

/** Where the value of a parameter is written; the call itself where it is a default. */
export function siteOf({ site, places, outer }: Call, parameter: string): Site {
  const span = places?.get(parameter);
  return span === undefined ? site : { file: outer.module, span };
}

/**
 * Gives each parameter its value: dimensions first, since the types of the others speak of them. A
 * dimension that comes twice is fresh the second time (`aliases`: fresh → what was given).
 */
export function bindParameters(
  world: World,
  parameters: readonly Parameter[],
  given: ReadonlyMap<string, Value>,
  inner: Scope,
  call: Call,
  aliases: Map<Axis, Axis>,
  distinct: boolean,
): ReadonlyMap<string, Value> | undefined {
  const values = new Map<string, Value>();
  const taken = new Set<Axis>();
  const module = inner.module;
  for (const dimensional of [true, false]) {
    for (const parameter of parameters) {
      if (isDimensionType(world, module, parameter.type) !== dimensional) continue;
      const name = parameter.name.text;
      const written =
        given.get(name) ??
        (parameter.value === undefined ? undefined : world.evaluate(parameter.value, inner));
      // Rows of tables say themselves what they cannot do without (`min(x, over: d)` has no `b`).
      if (written === undefined && !distinct) continue;
      if (written === undefined) return undefined;
      let value = coerce(world, call.site, name, parameter.type, module, written);
      if (value.kind === "dimension" && dimensional && distinct) {
        value = dimension(
          value.axes.map((axis) => distinctAxis(world, axis, name, taken, aliases)),
        );
      }
      if (!dimensional && distinct) {
        value = bindDimensions(world, call.site, parameter, value, inner, call.outer, aliases);
      }
      values.set(name, value);
      inner.names.set(name, value);
    }
  }
  return values;
}

function distinctAxis(
  world: World,
  axis: Axis,
  name: string,
  taken: Set<Axis>,
  aliases: Map<Axis, Axis>,
): Axis {
  if (!taken.has(axis)) {
    taken.add(axis);
    return axis;
  }
  const key = `alias:${name}:${axis.id}`;
  const known = world.declaredAxes.byKey.get(key);
  const fresh = known ?? world.builder.axis(name, axis.size);
  world.declaredAxes.byKey.set(key, fresh);
  aliases.set(fresh, axis);
  return fresh;
}
