import { compact } from "./amount.ts";
import { pad } from "./width.ts";

const eighths = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

export interface Curve {
  readonly values: readonly number[];
  /** What stands under the left and the right end. */
  readonly from: string;
  readonly to: string;
}

/** The curve as an area of block characters, the highest and the lowest value beside it. */
export function drawCurve(curve: Curve, columns: number, rows = 6): readonly string[] {
  const finite = curve.values.filter(Number.isFinite);
  if (finite.length === 0) return [];
  const top = Math.max(...finite);
  const bottom = Math.min(0, ...finite);
  const span = top - bottom || 1;
  const heights = resample(curve.values, columns).map(
    (value) => ((value - bottom) / span) * rows * 8,
  );
  const labels = [compact(top), compact(bottom)];
  const margin = Math.max(...labels.map((label) => label.length));
  const lines = Array.from({ length: rows }, (_, row) => {
    const floor = (rows - 1 - row) * 8;
    const area = heights
      .map((height) => eighths[Math.max(0, Math.min(8, Math.round(height - floor)))] ?? " ")
      .join("");
    const label = row === 0 ? labels[0] : row === rows - 1 ? labels[1] : "";
    return `${pad(label ?? "", margin, "left")} │${area}`.trimEnd();
  });
  const gap = Math.max(1, columns - curve.from.length - curve.to.length);
  return [
    ...lines,
    `${" ".repeat(margin)} └${"─".repeat(columns)}`,
    `${" ".repeat(margin + 2)}${curve.from}${" ".repeat(gap)}${curve.to}`,
  ];
}

/** The values at evenly spaced places, first and last included. */
function resample(values: readonly number[], count: number): readonly number[] {
  const last = values.length - 1;
  return Array.from({ length: count }, (_, index) => {
    const at = count === 1 ? 0 : Math.round((index * last) / (count - 1));
    return values[at] ?? 0;
  });
}
