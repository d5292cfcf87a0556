import { invariant } from "../../../program/invariant.ts";
import type { MetricPlan } from "../../../program/stage-plan.ts";
import type { TokenRows, TokensRow } from "../../data/rows.ts";
import type { MetricData, MetricSource } from "../metric.ts";

/** How much the counts of single tokens weigh in those of pairs, in occurrences. */
const pseudoCounts = 20;

/** Log-probability (nats) of the token at a place of a row, given those before it. */
type Score = (row: TokensRow, place: number) => number;

/**
 * Σ −log2 p / Σ bytes over the predicted tokens: those that have one before them in their segment.
 * `against` adds the same number for models that count the stage's training tokens.
 */
export const bitsPerByte: MetricSource = {
  open(plan, data) {
    const lengths = Int32Array.from(data.rows.tokenizer.tokens, (token) => token.length);
    const baselines = against(plan).map((name) => {
      const score = counters[name](data);
      return { name: `${plan.metric}_${name}`, value: bits(data.rows, lengths, () => score) };
    });
    return (values) => [
      {
        name: plan.metric,
        value: bits(data.rows, lengths, (row) => {
          const scores = values(row);
          return (_, place) => scores[place] ?? Number.NaN;
        }),
      },
      ...baselines,
    ];
  },
};

const counters = { unigram, bigram } as const satisfies Record<string, (data: MetricData) => Score>;

function against({ settings }: MetricPlan): readonly (keyof typeof counters)[] {
  const names = settings["against"] ?? [];
  invariant(Array.isArray(names), "`against` is a list");
  return (names as readonly unknown[]).map((name) => {
    invariant(name === "unigram" || name === "bigram", "`against` names a model that counts");
    return name;
  });
}

function isPredicted(row: TokensRow, place: number): boolean {
  return place > 0 && row.real[place] === 1 && (row.position[place] ?? 0) > 0;
}

/** `scoreOf` is asked once a row. */
function bits(rows: TokenRows, lengths: Int32Array, scoreOf: (row: number) => Score): number {
  let nats = 0;
  let bytes = 0;
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows.row(index);
    const score = scoreOf(index);
    for (let place = 0; place < row.id.length; place += 1) {
      if (!isPredicted(row, place)) continue;
      nats -= score(row, place);
      bytes += lengths[row.id[place] ?? 0] ?? 0;
    }
  }
  return nats / Math.LN2 / bytes;
}

/** Counts of single tokens, one added to each. */
function unigram({ training }: MetricData): Score {
  const share = unigramShares(training);
  return (row, place) => Math.log(share[row.id[place] ?? 0] ?? 0);
}

/** Counts of pairs, interpolated with 20 pseudo-counts of the single tokens. */
function bigram({ training }: MetricData): Score {
  const share = unigramShares(training);
  const size = training.tokenizer.size;
  const before = new Float64Array(size);
  const pairs = new Map<number, number>();
  for (let index = 0; index < training.length; index += 1) {
    const row = training.row(index);
    for (let place = 0; place < row.id.length; place += 1) {
      if (!isPredicted(row, place)) continue;
      const first = row.id[place - 1] ?? 0;
      const pair = first * size + (row.id[place] ?? 0);
      before[first] = (before[first] ?? 0) + 1;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
  }
  return (row, place) => {
    const first = row.id[place - 1] ?? 0;
    const second = row.id[place] ?? 0;
    const seen = pairs.get(first * size + second) ?? 0;
    return Math.log(
      (seen + pseudoCounts * (share[second] ?? 0)) / ((before[first] ?? 0) + pseudoCounts),
    );
  };
}

function unigramShares(training: TokenRows): Float64Array {
  const size = training.tokenizer.size;
  const counts = new Float64Array(size).fill(1);
  let all = size;
  for (let index = 0; index < training.length; index += 1) {
    const row = training.row(index);
    for (let place = 0; place < row.id.length; place += 1) {
      if (row.real[place] !== 1) continue;
      const id = row.id[place] ?? 0;
      counts[id] = (counts[id] ?? 0) + 1;
      all += 1;
    }
  }
  return counts.map((count) => count / all);
}
