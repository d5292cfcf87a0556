import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { invariant } from "../../program/invariant.ts";
import { bytePairTokenizer } from "../../runtime/text/byte-pair.ts";
import type { BytePairModel } from "../../runtime/text/byte-pair-encoding.ts";
import { countPieces, trainBytePairs } from "../../runtime/text/byte-pair-training.ts";
import type { TextTokenizer } from "../../runtime/text/tokenizer.ts";
import { readTokenizerJson } from "../../runtime/text/tokenizer-json.ts";

const plays = readFileSync("recipes/data/shakespeare.txt", "utf8").match(/[^\n]*\n/g) ?? [];

function learn(texts: readonly string[], size: number): TextTokenizer {
  return bytePairTokenizer(trainBytePairs(countPieces(texts), size));
}

function library(tokenizer: TextTokenizer): Tokenizer {
  const [model, settings] = ["tokenizer.json", "tokenizer_config.json"].map((name) =>
    JSON.parse(tokenizer.files[name] ?? ""),
  );
  return new Tokenizer(model, settings);
}

/** Texts over few letters, so that pairs repeat, overlap and spell one token in two ways. */
const repetitive = fc.array(
  fc.string({
    unit: fc.constantFrom("a", "b", "c", " ", "\n", "é", "'s", "日", "🙂"),
    maxLength: 40,
  }),
  { minLength: 1, maxLength: 20 },
);

test("the plays: learnt tokens, the library's ids, and the text again", () => {
  const tokenizer = learn(plays, 1024);
  expect(tokenizer.size).toBe(1024);
  const other = library(tokenizer);
  for (const line of plays.filter((_, index) => index % 7 === 0)) {
    const ids = tokenizer.encode(line);
    expect(Array.from(ids)).toEqual(other.encode(line).ids);
    expect(tokenizer.decode(ids)).toBe(line);
    const bytes = Array.from(ids, (id) => tokenizer.tokens[id]?.length ?? 0);
    expect(bytes.reduce((sum, count) => sum + count, 0)).toBe(Buffer.byteLength(line));
  }
  const whole = plays.slice(0, 3000).join("");
  expect(Array.from(tokenizer.encode(whole))).toEqual(other.encode(whole).ids);
});

test("any tokenizer and any text: the library's ids, and the text again", () => {
  fc.assert(
    fc.property(
      repetitive,
      fc.integer({ min: 256, max: 300 }),
      fc.string(),
      (texts, size, extra) => {
        const tokenizer = learn(texts, size);
        const other = library(tokenizer);
        for (const text of [...texts, extra]) {
          const ids = tokenizer.encode(text);
          expect(Array.from(ids)).toEqual(other.encode(text).ids);
          expect(tokenizer.decode(ids)).toBe(text);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("counting only what changed gives the merges of counting everything", () => {
  fc.assert(
    fc.property(repetitive, fc.integer({ min: 256, max: 320 }), (texts, size) => {
      expect(trainBytePairs(countPieces(texts), size)).toEqual(countEverything(texts, size));
    }),
    { numRuns: 200 },
  );
});

test("a tokenizer that is read from its file is the one that wrote it", () => {
  const model = trainBytePairs(countPieces(plays.slice(0, 2000)), 700);
  const written = bytePairTokenizer(model).files["tokenizer.json"] ?? "";
  expect(readTokenizerJson(written)).toEqual(model);
});

const damages: readonly (readonly [string, (file: string) => string, string])[] = [
  ["half of it", (file) => file.slice(0, file.length / 2), "it is not JSON"],
  [
    "another kind",
    (file) => file.replace('"BPE"', '"Unigram"'),
    "its model is not byte-pair encoding",
  ],
  [
    "an id twice",
    (file) => file.replace('"b": 98', '"b": 97'),
    'the token "b" has no id of its own',
  ],
  ["a gap", (file) => file.replace('"b": 98', '"b": 9800'), "its ids have gaps"],
  [
    "a foreign token",
    (file) => file.replace('"b": 98', '"b\u3042": 98'),
    'the token "b\u3042" is not of bytes',
  ],
];

test.each(damages)("a tokenizer file with %s is refused", (_, damage, problem) => {
  const file = learn(plays.slice(0, 500), 300).files["tokenizer.json"] ?? "";
  expect(damage(file)).not.toBe(file);
  expect(readTokenizerJson(damage(file))).toBe(problem);
});

test("tokens that end within a character are joined before they are shown", () => {
  const tokenizer = learn(["x"], 256);
  const { push, end } = tokenizer.decoder();
  expect(Array.from(tokenizer.encode("é🙂"), push)).toEqual(["", "é", "", "", "", "🙂"]);
  expect(end()).toBe("");
});

/** The definition, without any economy. */
function countEverything(texts: readonly string[], size: number): BytePairModel {
  const words = [...countPieces(texts)].map(([piece, count]) => ({
    ids: [...new TextEncoder().encode(piece)],
    count,
  }));
  const tokens = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  const merges: { left: number; right: number; id: number }[] = [];
  while (tokens.length < size) {
    const counts = new Map<string, number>();
    for (const { ids, count } of words) {
      for (let place = 1; place < ids.length; place += 1) {
        const pair = `${ids[place - 1]} ${ids[place]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + count);
      }
    }
    const [best] = [...counts]
      .map(([pair, count]) => ({ pair: pair.split(" ").map(Number), count }))
      .sort(
        (a, b) =>
          b.count - a.count ||
          (a.pair[0] ?? 0) - (b.pair[0] ?? 0) ||
          (a.pair[1] ?? 0) - (b.pair[1] ?? 0),
      );
    if (best === undefined || best.count < 2) break;
    const [left = 0, right = 0] = best.pair;
    const bytes = Uint8Array.from([...(tokens[left] ?? []), ...(tokens[right] ?? [])]);
    const known = tokens.findIndex((token) => Buffer.compare(token, bytes) === 0);
    const id = known === -1 ? tokens.push(bytes) - 1 : known;
    merges.push({ left, right, id });
    invariant(merges.length < 10_000, "merging ends");
    for (const word of words) {
      const ids: number[] = [];
      for (let place = 0; place < word.ids.length; place += 1) {
        const here = word.ids[place] ?? 0;
        if (here === left && word.ids[place + 1] === right) {
          ids.push(id);
          place += 1;
        } else ids.push(here);
      }
      word.ids = ids;
    }
  }
  return { tokens, merges };
}
