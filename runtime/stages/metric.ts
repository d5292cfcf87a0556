import type { MetricPlan } from "../../program/stage-plan.ts";
import type { TokenRows } from "../data/rows.ts";

export interface NamedValue {
  readonly name: string;
  readonly value: number;
}

/** What a metric is measured on, opened once for a stage. */
export interface MetricData {
  /** Rows to measure on. */
  readonly rows: TokenRows;
  /** The rows that the stage learns from, in the order of its first epoch. */
  readonly training: TokenRows;
}

/** A row of the table of metrics. */
export interface MetricSource {
  /**
   * Does once what does not depend on the model. The function that it gives measures the model as it
   * is: `values(row)` are what the compiled function gives for a row of `data.rows`, one a token.
   */
  open(
    plan: MetricPlan,
    data: MetricData,
  ): (values: (row: number) => Float32Array) => readonly NamedValue[];
}
