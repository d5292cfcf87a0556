import type { MetricSource } from "../metric.ts";
import { bitsPerByte } from "./bits-per-byte.ts";

/** The names that bodies `= metric "…"` of the library have, and what implements them. */
const metrics = { bits_per_byte: bitsPerByte } as const satisfies Record<string, MetricSource>;

export type MetricName = keyof typeof metrics;

export const metricNames = Object.keys(metrics) as readonly MetricName[];

export function metricNamed(name: string): MetricSource | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name as MetricName] : undefined;
}
