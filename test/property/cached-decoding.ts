import { describe, expect, test } from "vitest";
import { randomState, uniform, uniforms } from "../../program/random.ts";
import { elaborated, onlyStage } from "../elaborate/recipes.ts";
import { small, smallRecipe } from "../elaborate/small-recipe.ts";
import { chunkLogits, wholeLogits } from "../run/logits.ts";
import { type Machine, once, type Values } from "../run/machine.ts";
import { expectNear } from "../run/near.ts";
import { drawnParameters } from "./drawn.ts";
import { rowsOfTokens } from "./tokens.ts";

const rows = 2;
const length = 24;
const capacity = 32;
const vocabulary = 48;
const settings = { width: 16, depth: 2, kv_heads: 2, group: 2, head: 8, ffn: 24 };

const models = {
  Qwen2: small(settings, "Qwen2"),
  Llama: small(settings, "Llama"),
} as const;

/**
 * Logits of every position, computed in chunks of random lengths that differ from row to row, are
 * those of the whole rows at once.
 */
export function testCachedDecoding(machine: () => Machine, bar: number): void {
  describe.each(Object.entries(models))("%s", (name, model) => {
    const recipe = () => elaborated(smallRecipe({ model }));
    const parameters = drawnParameters(onlyStage(recipe()).model.plan);
    const ids = Array.from({ length: rows }, (_, row) =>
      [...uniforms(row, name, length)].map((number) => Math.floor(number * vocabulary)),
    );

    test.each([1, 2, 3])(
      "random chunks %i",
      async (seed) => {
        const data = rowsOfTokens(ids, [0, 0], length);
        const whole = wholeLogits(recipe(), rows, length);
        const { outputs } = await once(machine(), whole, { states: parameters, data });
        const wanted = outputs["logits"] ?? [];
        const found = await inChunks(machine(), recipe, parameters, ids, seed);
        expectNear({ logits: found }, { logits: wanted }, bar);
        expectSameTokens(found, wanted);
      },
      300_000,
    );
  });
}

async function inChunks(
  machine: Machine,
  recipe: () => ReturnType<typeof elaborated>,
  parameters: Values,
  ids: readonly (readonly number[])[],
  seed: number,
): Promise<Float64Array> {
  const decoders = [5, 1].map((chunk) => ({
    chunk,
    ...chunkLogits(recipe(), { rows, chunk, capacity }),
  }));
  const memory = machine.open(Object.assign({}, parameters, ...decoders.map((one) => one.memory)));
  const programs: { chunk: number; run: Awaited<ReturnType<typeof memory.load>> }[] = [];
  for (const { chunk, step } of decoders) programs.push({ chunk, run: await memory.load(step) });
  const chance = randomState(seed, "chunks");
  const found = new Float64Array(rows * length * vocabulary).fill(Number.NaN);
  const done = ids.map(() => 0);
  for (let round = 0; done.some((count) => count < length); round += 1) {
    const program = programs[uniform(chance, round * 8) < 0.7 ? 0 : 1];
    if (program === undefined) break;
    const { chunk, run } = program;
    const given = ids.map((row, at) => {
      const most = Math.floor(uniform(chance, round * 8 + 1 + at) * (chunk + 1));
      return row.slice(done[at] ?? 0, (done[at] ?? 0) + most);
    });
    const count = given.map((row) => row.length);
    const { logits = [] } = await run({ ...rowsOfTokens(given, done, chunk), count });
    for (const [row, { length: real }] of given.entries()) {
      for (let at = 0; at < real; at += 1) {
        const from = (row * chunk + at) * vocabulary;
        const to = (row * length + (done[row] ?? 0) + at) * vocabulary;
        for (let id = 0; id < vocabulary; id += 1) found[to + id] = logits[from + id] ?? Number.NaN;
      }
      done[row] = (done[row] ?? 0) + real;
    }
  }
  await memory.close();
  return found;
}

/** The likeliest token is the same wherever it is more than 0.001 above the next. */
function expectSameTokens(found: ArrayLike<number>, wanted: ArrayLike<number>): void {
  let clear = 0;
  for (let from = 0; from < wanted.length; from += vocabulary) {
    const row = Array.from({ length: vocabulary }, (_, id) => wanted[from + id] ?? Number.NaN);
    const [first = 0, second = 0] = [...row].sort((a, b) => b - a);
    if (!(first - second > 1e-3)) continue;
    clear += 1;
    const chosen = Array.from({ length: vocabulary }, (_, id) => found[from + id] ?? Number.NaN);
    expect(chosen.indexOf(Math.max(...chosen))).toBe(row.indexOf(first));
  }
  expect(clear).toBeGreaterThan(0.9 * rows * length);
}
