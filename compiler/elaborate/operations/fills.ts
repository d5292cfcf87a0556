import { unionAxes } from "../../operations/shape.ts";
import type { RowCall } from "../rows.ts";
import { boolean, UNKNOWN, type Value } from "../value.ts";
import { refuse, type World } from "../world.ts";
import {
  argument,
  axesArgument,
  nodeArgument,
  numberArgument,
  type OperationForm,
  result,
} from "./form.ts";

/** Tensors that are made, and what is known of a tensor without computing. */
export const fillForms: Readonly<Record<string, OperationForm>> = {
  zeros: (world, call) => filled(world, call, 0),
  ones: (world, call) => filled(world, call, 1),
  random: (world, call) => {
    const axes = axesArgument(world, call, "dimensions");
    const seed = numberArgument(world, call, "seed");
    if (axes === undefined || seed === undefined) return UNKNOWN;
    return result(
      world.builder.apply("random", [], { axes: unionAxes(axes), seed, key: world.path }),
    );
  },
  is_matrix: (world, call) => {
    const value = argument(call, "value");
    if (value.kind === "tensor" || value.kind === "parameter") {
      return boolean(value.sides !== undefined);
    }
    return refuse(world, call.site, "a parameter", value);
  },
};

function filled(world: World, call: RowCall, value: number): Value {
  const like = nodeArgument(world, call, "like");
  if (like === undefined) return UNKNOWN;
  return result(world.builder.expanded(world.builder.constant(value), like.axes));
}
