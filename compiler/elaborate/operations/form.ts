import type { Axis, Node } from "../../operations/tensor.ts";
import { axesOf, requireAxes } from "../dimensions.ts";
import type { RowCall } from "../rows.ts";
import { nodeOf } from "../tensors.ts";
import { NONE, tensor, UNKNOWN, type Value } from "../value.ts";
import { refuse, type World } from "../world.ts";

/** How a call of one row of the prelude becomes nodes or values. */
export type OperationForm = (world: World, call: RowCall) => Value;

export function argument(call: RowCall, name: string): Value {
  return call.values.get(name) ?? NONE;
}

export function nodeArgument(world: World, call: RowCall, name: string): Node | undefined {
  return nodeOf(world, call.site, argument(call, name));
}

/** Dimensions that an argument names; undefined after a refusal. */
export function axesArgument(
  world: World,
  call: RowCall,
  name: string,
): readonly Axis[] | undefined {
  const value = argument(call, name);
  return axesOf(value) ?? requireAxes(world, call.site, value);
}

export function axisArgument(world: World, call: RowCall, name: string): Axis | undefined {
  const axes = axesArgument(world, call, name);
  const [axis] = axes ?? [];
  if (axis === undefined || axes?.length !== 1) {
    if (axes !== undefined) refuse(world, call.site, "a single dimension", argument(call, name));
    return undefined;
  }
  return axis;
}

export function numberArgument(world: World, call: RowCall, name: string): number | undefined {
  const value = argument(call, name);
  if (value.kind === "number") return value.value;
  refuse(world, call.site, `a number for \`${name}\``, value);
  return undefined;
}

export function result(node: Node | undefined): Value {
  return node === undefined ? UNKNOWN : tensor(node);
}
