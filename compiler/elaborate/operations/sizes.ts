import { entries, withoutAxes } from "../../operations/shape.ts";
import type { Axis } from "../../operations/tensor.ts";
import { applyBinary } from "../operators.ts";
import { number, tensor, UNKNOWN, type Value } from "../value.ts";
import { applyRow, type Site, type World } from "../world.ts";

/** Number of entries. Of time, and of its copies, it is no number: a decoder has another. */
export function sizeOf(world: World, site: Site, axes: readonly Axis[]): Value {
  const timely = axes.filter((axis) => isTime(world, axis));
  const fixed = entries(withoutAxes(axes, timely));
  return timely.reduce<Value>((product, axis) => {
    const size = applyRow(world, site, "size", [], { axis });
    return size === undefined ? UNKNOWN : applyBinary(world, site, "*", product, tensor(size));
  }, number(fixed));
}

function isTime(world: World, axis: Axis): boolean {
  return world.time !== undefined && (axis === world.time || axis.copyOf === world.time);
}
