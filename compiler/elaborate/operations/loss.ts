import { entries, unionAxes, withoutAxes } from "../../operations/shape.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import type { RowCall } from "../rows.ts";
import { nodeOf } from "../tensors.ts";
import { number, UNKNOWN, type Value } from "../value.ts";
import { applyRow, placeOf, type World } from "../world.ts";
import { argument } from "./form.ts";

/**
 * One term: Σ value · weight over Σ count. A weight without dimensions weighs every entry; a count
 * that is given counts its own entries, whatever the value's dimensions are.
 */
export function lossTerm(world: World, call: RowCall): Value {
  const { site } = call;
  const value = nodeOf(world, site, argument(call, "value"));
  const given = argument(call, "weight");
  const weight = nodeOf(world, site, given.kind === "none" ? number(1) : given);
  const countGiven = argument(call, "count");
  const ownCount = countGiven !== given && countGiven.kind !== "none";
  const count = ownCount ? nodeOf(world, site, countGiven) : weight;
  if (value === undefined || weight === undefined || count === undefined) return UNKNOWN;
  const axes = unionAxes(value.axes, weight.axes);
  const weighted = applyRow(world, site, "multiply", [value, weight]);
  const total = weighted === undefined ? undefined : summed(world, call, weighted, axes);
  const countAxes = ownCount ? count.axes : axes;
  const counted = summed(world, call, count, countAxes);
  if (total === undefined || counted === undefined) return UNKNOWN;
  const place = placeOf(site);
  return { kind: "loss", terms: [{ coefficient: 1, total, count: counted, place }] };
}

/** The sum over axes, of which the node may lack some: an entry that is the same counts each time. */
function summed(world: World, call: RowCall, node: Node, axes: readonly Axis[]): Node | undefined {
  const own = axes.filter((axis) => node.axes.includes(axis));
  const times = entries(withoutAxes(axes, node.axes));
  const numeric =
    node.element === "real" ? node : applyRow(world, call.site, "to_real", [asNumber(world, node)]);
  if (numeric === undefined) return undefined;
  const sum =
    own.length === 0 ? numeric : applyRow(world, call.site, "sum", [numeric], { over: own });
  if (sum === undefined || times === 1) return sum;
  return applyRow(world, call.site, "multiply", [sum, world.builder.constant(times)]);
}

function asNumber(world: World, node: Node): Node {
  return node.element === "bool" ? world.builder.apply("to_int", [node]) : node;
}
