import { parse } from "../../grammar/index.ts";
import { CORPUS } from "./files.ts";
import { mutate, randomNumbers, tokensOf } from "./mutate.ts";

export interface MutationReport {
  readonly mutations: number;
  readonly failures: readonly string[];
  /** The longest reading of a mutated file, as a multiple of the whole file's own. */
  readonly worstRatio: number;
}

/** Milliseconds that reading a text takes when the parser is warm. */
function median(text: string): number {
  const times: number[] = [];
  for (let turn = 0; turn < 9; turn += 1) {
    const start = performance.now();
    parse(text, "timed.recipe");
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return times[4] ?? 0;
}

/** Milliseconds of one reading; a slow one is repeated, since the machine may have been busy. */
function leastOf(text: string, slow: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 3 && least > slow; turn += 1) {
    const start = performance.now();
    parse(text, "mutated.recipe");
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** Reads `count` random mutations of the corpus and the library; the seed decides all of them. */
export function readMutations(count: number, seed: number): MutationReport {
  const random = randomNumbers(seed);
  for (const { text } of CORPUS) median(text);
  // Readings under a millisecond are too short to compare.
  const files = CORPUS.map(({ path, text }) => {
    return { path, text, tokens: tokensOf(text), usual: Math.max(1, median(text)) };
  });
  const failures: string[] = [];
  let worstRatio = 0;
  for (let turn = 0; turn < count; turn += 1) {
    const file = files[Math.floor(random() * files.length)];
    if (file === undefined) break;
    const changes = 1 + Math.floor(random() * 4);
    let text = mutate(file.text, file.tokens, random);
    for (let change = 1; change < changes; change += 1) text = mutate(text, tokensOf(text), random);
    try {
      worstRatio = Math.max(worstRatio, leastOf(text, 10 * file.usual) / file.usual);
    } catch (error) {
      failures.push(`seed ${seed}, mutation ${turn} of ${file.path}: ${String(error)}`);
    }
  }
  return { mutations: count, failures, worstRatio };
}
