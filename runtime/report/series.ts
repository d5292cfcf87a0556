import type { MetricRecord } from "../runs/metrics-file.ts";

/** One chart: steps along x, and lines that share an axis. */
export interface Chart {
  readonly title: string;
  readonly steps: readonly number[];
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

export interface Sample {
  readonly step: number;
  readonly prompt: string;
  readonly text: string;
}

/** More points than this no screen shows. */
const mostPoints = 2000;

const stepCharts = [
  { title: "Loss", field: "loss" },
  { title: "Learning rate", field: "learning_rate" },
  { title: "Norm of the gradient", field: "gradient_norm" },
  { title: "Tokens per second", field: "tokens_per_second" },
] as const;

type Fields = MetricRecord & Readonly<Record<string, unknown>>;

/** The charts of a run: what was measured first, then what every step tells. */
export function charts(records: readonly MetricRecord[]): readonly Chart[] {
  const all = records as readonly Fields[];
  const steps = thin(all.filter(({ event }) => event === "step"));
  const ofSteps = stepCharts.map(({ title, field }) => ({
    title,
    steps: steps.map(({ step }) => step),
    lines: [{ name: field, values: steps.map((record) => finite(record[field])) }],
  }));
  const charted = [...measured(all), ...ofSteps];
  return charted.filter(({ lines }) => lines.some(({ values }) => values.some((v) => v !== null)));
}

/** Measures whose names begin alike (`bits_per_byte`, `bits_per_byte_unigram`) share a chart. */
function measured(records: readonly Fields[]): readonly Chart[] {
  const measures = records.filter(({ event }) => event === "measure");
  const names = [...new Set(measures.map(({ name }) => String(name)))];
  const heads = names.filter((name) => !names.some((other) => name.startsWith(`${other}_`)));
  return heads.map((head) => {
    const own = names.filter((name) => name === head || name.startsWith(`${head}_`));
    const steps = [...new Set(measures.map(({ step }) => step))];
    const value = (name: string, step: number): number | null =>
      finite(measures.find((record) => record["name"] === name && record.step === step)?.["value"]);
    return {
      title: head.replaceAll("_", " "),
      steps,
      lines: own.map((name) => ({ name, values: steps.map((step) => value(name, step)) })),
    };
  });
}

export function samples(records: readonly MetricRecord[]): readonly Sample[] {
  return (records as readonly Fields[])
    .filter(({ event }) => event === "sample")
    .map(({ step, prompt, text }) => ({ step, prompt: String(prompt), text: String(text) }));
}

/** Every n-th record, and the last one. */
function thin(records: readonly Fields[]): readonly Fields[] {
  const stride = Math.ceil(records.length / mostPoints);
  return records.filter((_, index) => index % stride === 0 || index === records.length - 1);
}

function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
