import type { Row } from "./row.ts";
import { abs } from "./rows/abs.ts";
import { add } from "./rows/add.ts";
import { and } from "./rows/and.ts";
import { argmax } from "./rows/argmax.ts";
import { argument } from "./rows/argument.ts";
import { constant } from "./rows/constant.ts";
import { cos } from "./rows/cos.ts";
import { cumulative } from "./rows/cumulative.ts";
import { divide } from "./rows/divide.ts";
import { dot } from "./rows/dot.ts";
import { equal } from "./rows/equal.ts";
import { erf } from "./rows/erf.ts";
import { exp } from "./rows/exp.ts";
import { expand } from "./rows/expand.ts";
import { expm1 } from "./rows/expm1.ts";
import { floor } from "./rows/floor.ts";
import { gather } from "./rows/gather.ts";
import { index } from "./rows/index.ts";
import { input } from "./rows/input.ts";
import { item } from "./rows/item.ts";
import { join } from "./rows/join.ts";
import { less } from "./rows/less.ts";
import { lessEqual } from "./rows/less-equal.ts";
import { log } from "./rows/log.ts";
import { logSigmoid } from "./rows/log-sigmoid.ts";
import { logSumExp } from "./rows/log-sum-exp.ts";
import { log1p } from "./rows/log1p.ts";
import { max } from "./rows/max.ts";
import { maximum } from "./rows/maximum.ts";
import { merge } from "./rows/merge.ts";
import { min } from "./rows/min.ts";
import { minimum } from "./rows/minimum.ts";
import { modulo } from "./rows/modulo.ts";
import { multiply } from "./rows/multiply.ts";
import { negate } from "./rows/negate.ts";
import { not } from "./rows/not.ts";
import { or } from "./rows/or.ts";
import { part } from "./rows/part.ts";
import { power } from "./rows/power.ts";
import { random } from "./rows/random.ts";
import { rename } from "./rows/rename.ts";
import { repeat } from "./rows/repeat.ts";
import { reverse } from "./rows/reverse.ts";
import { scatterAdd } from "./rows/scatter-add.ts";
import { select } from "./rows/select.ts";
import { shift } from "./rows/shift.ts";
import { sigmoid } from "./rows/sigmoid.ts";
import { sign } from "./rows/sign.ts";
import { sin } from "./rows/sin.ts";
import { size } from "./rows/size.ts";
import { softmax } from "./rows/softmax.ts";
import { split } from "./rows/split.ts";
import { sqrt } from "./rows/sqrt.ts";
import { stopGradient } from "./rows/stop-gradient.ts";
import { store } from "./rows/store.ts";
import { subtract } from "./rows/subtract.ts";
import { sum } from "./rows/sum.ts";
import { table } from "./rows/table.ts";
import { take } from "./rows/take.ts";
import { tanh } from "./rows/tanh.ts";
import { toInt } from "./rows/to-int.ts";
import { toReal } from "./rows/to-real.ts";

/** The one table of operations; everything that a part of the compiler knows of one is in its row. */
export const operations = {
  negate,
  exp,
  expm1,
  log,
  log1p,
  sqrt,
  sin,
  cos,
  tanh,
  sigmoid,
  log_sigmoid: logSigmoid,
  erf,
  abs,
  sign,
  floor,
  not,
  to_real: toReal,
  to_int: toInt,
  stop_gradient: stopGradient,
  add,
  subtract,
  multiply,
  divide,
  power,
  minimum,
  maximum,
  modulo,
  equal,
  less,
  less_equal: lessEqual,
  and,
  or,
  select,
  constant,
  table,
  input,
  argument,
  index,
  size,
  random,
  sum,
  max,
  min,
  log_sum_exp: logSumExp,
  argmax,
  softmax,
  dot,
  rename,
  expand,
  shift,
  part,
  join,
  split,
  merge,
  take,
  reverse,
  item,
  repeat,
  gather,
  scatter_add: scatterAdd,
  store,
  cumulative,
} satisfies Record<string, Row>;

export type OperationName = keyof typeof operations;

const rows: ReadonlyMap<string, Row> = new Map(Object.entries(operations));

/** The row of an operation by name, if there is one. */
export function findRow(name: string): Row | undefined {
  return rows.get(name);
}
