import { axesOf } from "../dimensions.ts";
import type { RowCall } from "../rows.ts";
import { nodesOf } from "../tensors.ts";
import { tensor, UNKNOWN, type Value } from "../value.ts";
import { applyRow, refuse, type World } from "../world.ts";
import { argument, nodeArgument, result } from "./form.ts";

/** `min(a, b)` of two; `min(a, over: d)` along a dimension. */
export function extremum(
  world: World,
  call: RowCall,
  binary: "minimum" | "maximum",
  reduction: "min" | "max",
): Value {
  const a = argument(call, "a");
  const b = argument(call, "b");
  const over = axesOf(argument(call, "over"));
  if (over !== undefined) {
    const node = nodeArgument(world, call, "a");
    return result(node && applyRow(world, call.site, reduction, [node], { over }));
  }
  if (a.kind === "number" && b.kind === "number") {
    const value = binary === "minimum" ? Math.min(a.value, b.value) : Math.max(a.value, b.value);
    return { kind: "number", value, unit: a.unit ?? b.unit, whole: a.whole && b.whole };
  }
  if (b.kind === "none") return refuse(world, call.site, "a second operand or `over:`", b);
  const nodes = nodesOf(world, call.site, [a, b]);
  const node = nodes && applyRow(world, call.site, binary, nodes);
  return node === undefined ? UNKNOWN : tensor(node);
}
