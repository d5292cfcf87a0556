import type { Axis, Node } from "../../operations/tensor.ts";
import { axesOf, declareCopy, namedAxis, requireAxes, requireAxis } from "../dimensions.ts";
import type { RowCall } from "../rows.ts";
import { find } from "../scope.ts";
import { nodesOf } from "../tensors.ts";
import { UNKNOWN, type Value } from "../value.ts";
import { applyRow, refuse, type World } from "../world.ts";
import { extremum } from "./extrema.ts";
import {
  argument,
  axesArgument,
  axisArgument,
  nodeArgument,
  numberArgument,
  type OperationForm,
  result,
} from "./form.ts";
import { sizeOf } from "./sizes.ts";

/** Operations that speak of dimensions: their sizes, names, places and parts. */
export const dimensionForms: Readonly<Record<string, OperationForm>> = {
  size: (world, call) => {
    const axes = axesArgument(world, call, "dimension");
    if (axes === undefined) return UNKNOWN;
    return sizeOf(world, call.site, axes);
  },
  index: (world, call) => {
    const axis = axisArgument(world, call, "dimension");
    return result(axis && applyRow(world, call.site, "index", [], { axis }));
  },
  rename,
  shift,
  outer: (world, call) => {
    const nodes = nodesOf(world, call.site, [argument(call, "a"), argument(call, "b")]);
    return result(nodes && applyRow(world, call.site, "multiply", nodes));
  },
  expand: (world, call) => {
    const x = nodeArgument(world, call, "x");
    const axes = axesArgument(world, call, "over");
    if (x === undefined || axes === undefined) return UNKNOWN;
    return result(applyRow(world, call.site, "expand", [x], { axes }));
  },
  part: (world, call) => {
    const x = nodeArgument(world, call, "x");
    const axis = axisArgument(world, call, "of");
    const into = axisArgument(world, call, "into");
    const start = numberArgument(world, call, "start");
    if (x === undefined || axis === undefined || into === undefined || start === undefined) {
      return UNKNOWN;
    }
    return result(applyRow(world, call.site, "part", [x], { axis, into, start }));
  },
  join,
  select: (world, call) => {
    const condition = argument(call, "condition");
    if (condition.kind === "boolean") return argument(call, condition.value ? "a" : "b");
    const chosen = nodeArgument(world, call, "condition");
    const branches = nodesOf(world, call.site, [argument(call, "a"), argument(call, "b")]);
    if (chosen === undefined || branches === undefined) return UNKNOWN;
    return result(applyRow(world, call.site, "select", [chosen, ...branches]));
  },
  one_hot: (world, call) => {
    const id = nodeArgument(world, call, "id");
    const axis = axisArgument(world, call, "over");
    if (id === undefined || axis === undefined) return UNKNOWN;
    const place = world.builder.index(axis);
    const equal = applyRow(world, call.site, "equal", [id, place]);
    const counted = equal && applyRow(world, call.site, "to_int", [equal]);
    return result(counted && applyRow(world, call.site, "to_real", [counted]));
  },
  minimum: (world, call) => extremum(world, call, "minimum", "min"),
  maximum: (world, call) => extremum(world, call, "maximum", "max"),
};

/** `rename(x, time: source)`: of `time` it makes a copy, of another dimension what the scope says. */
function rename(world: World, call: RowCall): Value {
  let x = nodeArgument(world, call, "x");
  for (const { name, value } of call.byDimension) {
    if (x === undefined) return UNKNOWN;
    const from = axisByName(world, call, name, x);
    if (from === undefined) return UNKNOWN;
    const known = value.kind === "reference" ? find(call.outer, value.name) : undefined;
    const to: Axis | undefined =
      value.kind === "reference" && known?.kind !== "dimension"
        ? declareCopy(world, call.outer, value.name, from)
        : requireAxis(world, call.site, known ?? world.evaluate(value, call.outer));
    if (to === undefined) return UNKNOWN;
    x = applyRow(world, call.site, "rename", [x], { from, to });
  }
  return result(x);
}

function shift(world: World, call: RowCall): Value {
  let x = nodeArgument(world, call, "x");
  for (const { name, value } of call.byDimension) {
    if (x === undefined) return UNKNOWN;
    const axis = axisByName(world, call, name, x);
    const amount = world.evaluate(value, call.outer);
    if (axis === undefined) return UNKNOWN;
    if (amount.kind !== "number" || !Number.isInteger(amount.value)) {
      return refuse(world, call.site, "a whole number of places", amount);
    }
    x = applyRow(world, call.site, "shift", [x], { axis, amount: amount.value });
  }
  return result(x);
}

function axisByName(world: World, call: RowCall, name: string, x: Node): Axis | undefined {
  const axis = namedAxis(call.outer, name, x.axes);
  if (axis === undefined) {
    const axes = x.axes.map((other) => other.name).join(", ");
    refuse(world, call.site, `one dimension \`${name}\` among [${axes}]`, { kind: "none" });
  }
  return axis;
}

/** Two tensors end to end: `as` is the whole, each side has its part of it, or both have `over`. */
function join(world: World, call: RowCall): Value {
  const nodes = nodesOf(world, call.site, [argument(call, "a"), argument(call, "b")]);
  const into = axisArgument(world, call, "as");
  const [a, b] = nodes ?? [];
  if (a === undefined || b === undefined || into === undefined) return UNKNOWN;
  const over = axesOf(argument(call, "over"));
  const parts = world.declaredAxes.sums.get(into);
  const along = (own: Node, other: Node): readonly Axis[] => {
    if (over !== undefined) return over;
    if (parts !== undefined) return own.axes.filter((axis) => parts.includes(axis));
    return own.axes.filter((axis) => !other.axes.includes(axis));
  };
  const [first] = along(a, b);
  const [second] = along(b, a);
  if (first === undefined || second === undefined) {
    requireAxes(world, call.site, argument(call, "over"));
    return UNKNOWN;
  }
  return result(applyRow(world, call.site, "join", [a, b], { axes: [first, second], into }));
}
