import { applyBinary } from "../operators.ts";
import type { RowCall } from "../rows.ts";
import { nodesOf } from "../tensors.ts";
import { tensor, UNKNOWN, type Value } from "../value.ts";
import { applyRow, type World } from "../world.ts";
import {
  argument,
  axesArgument,
  axisArgument,
  nodeArgument,
  type OperationForm,
  result,
} from "./form.ts";
import { sizeOf } from "./sizes.ts";

/** Operations that take dimensions away, and those that go along one. */
export const reductions: Readonly<Record<string, OperationForm>> = {
  sum: (world, call) => reduced(world, call, "sum"),
  log_sum_exp: (world, call) => reduced(world, call, "log_sum_exp"),
  softmax: (world, call) => reduced(world, call, "softmax"),
  argmax: (world, call) => reduced(world, call, "argmax"),
  mean,
  cumulative: (world, call) => {
    const x = nodeArgument(world, call, "x");
    const axis = axisArgument(world, call, "over");
    if (x === undefined || axis === undefined) return UNKNOWN;
    const backwards = argument(call, "reverse");
    const reverse = backwards.kind === "boolean" && backwards.value;
    return result(applyRow(world, call.site, "cumulative", [x], { axis, reverse }));
  },
  dot: (world, call) => {
    const nodes = nodesOf(world, call.site, [argument(call, "a"), argument(call, "b")]);
    const over = axesArgument(world, call, "over");
    if (nodes === undefined || over === undefined) return UNKNOWN;
    if (over.length === 0) return result(applyRow(world, call.site, "multiply", nodes));
    return result(applyRow(world, call.site, "dot", nodes, { over }));
  },
};

function reduced(world: World, call: RowCall, row: string): Value {
  const x = nodeArgument(world, call, "x");
  const over = axesArgument(world, call, "over");
  if (x === undefined || over === undefined) return UNKNOWN;
  return result(applyRow(world, call.site, row, [x], { over }));
}

function mean(world: World, call: RowCall): Value {
  const x = nodeArgument(world, call, "x");
  const over = axesArgument(world, call, "over");
  if (x === undefined || over === undefined) return UNKNOWN;
  const sum = applyRow(world, call.site, "sum", [x], { over });
  if (sum === undefined) return UNKNOWN;
  return applyBinary(world, call.site, "/", tensor(sum), sizeOf(world, call.site, over));
}
