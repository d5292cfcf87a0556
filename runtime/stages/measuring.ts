import { invariant } from "../../program/invariant.ts";
import type { MetricPlan, TrainPlan } from "../../program/stage-plan.ts";
import { packRows } from "../data/batch.ts";
import type { TokenRows } from "../data/rows.ts";
import { openStream } from "../data/stream.ts";
import type { Loaded, Store } from "../device/device.ts";
import type { RunContext } from "./context.ts";
import type { NamedValue } from "./metric.ts";
import { metricNamed } from "./metrics/table.ts";

/** A metric of a stage, ready to be measured again and again. */
export interface Measurement {
  measure(store: Store): Promise<readonly NamedValue[]>;
  close(): Promise<void>;
}

/** Opens the metric's data and compiles its function, for as many rows as a micro-batch has. */
export async function openMeasurement(
  stage: TrainPlan,
  plan: MetricPlan,
  training: TokenRows,
  context: RunContext,
): Promise<Measurement> {
  const source = metricNamed(plan.metric);
  invariant(source !== undefined, `there is a metric ${plan.metric}`);
  const { first: rows } = await openStream(plan.data, context.data);
  const time = longestRow(rows);
  const batch = Math.min(stage.microBatchRows, rows.length);
  const { compiler, device } = context.options;
  const loaded = await device.load(
    compiler.compile({
      kind: "measure",
      stage: stage.address,
      function: plan.function,
      rows: batch,
      time,
    }),
  );
  const finish = source.open(plan, { rows, training });
  return {
    async measure(store) {
      const values = await valuesOfRows(loaded, store, rows, batch, time);
      return finish((row) => values.subarray(row * time, (row + 1) * time));
    },
    close: () => loaded.close(),
  };
}

function longestRow(rows: TokenRows): number {
  if (rows.rowTokens !== undefined) return rows.rowTokens;
  let longest = 1;
  for (let index = 0; index < rows.length; index += 1) {
    longest = Math.max(longest, rows.row(index).id.length);
  }
  return longest;
}

/** The function's values for all rows, batch after batch; the last batch is filled with padding. */
async function valuesOfRows(
  loaded: Loaded,
  store: Store,
  rows: TokenRows,
  batch: number,
  time: number,
): Promise<Float32Array> {
  const all = new Float32Array(rows.length * time);
  for (let from = 0; from < rows.length; from += batch) {
    const count = Math.min(batch, rows.length - from);
    const chosen = Array.from({ length: count }, (_, index) => rows.row(from + index));
    const data = packRows(chosen, loaded.executable);
    const { value } = await loaded.run(store, { data, variables: {}, read: true });
    invariant(value instanceof Float32Array, "a measured function gives a number a token");
    all.set(value.subarray(0, count * time), from * time);
  }
  return all;
}
