import { byteCount } from "./byte-alphabet.ts";
import type { BytePairModel } from "./byte-pair-encoding.ts";
import { Heap } from "./heap.ts";
import { pieces } from "./pieces.ts";

/** A pair that occurs once says nothing about the language. */
const leastCount = 2;

/** Ids stay below this, so that a pair is one exact number. */
const radix = 2 ** 26;

const latin = new TextDecoder("latin1");

interface Word {
  ids: readonly number[];
  readonly count: number;
}

interface Candidate {
  readonly pair: number;
  readonly count: number;
}

/** How often each piece of the texts occurs; the order of pieces is that of their first occurrence. */
export function countPieces(texts: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const piece of pieces(text)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  return counts;
}

/**
 * Byte-pair encoding (Sennrich et al. 2016) over bytes: the most frequent pair becomes a token, the
 * one with the lower ids among equals. Gives up to `size` tokens, fewer where no pair is left.
 * Only the pairs of the words that a merge touches are counted again.
 */
export function trainBytePairs(counts: ReadonlyMap<string, number>, size: number): BytePairModel {
  const encoder = new TextEncoder();
  const words = Array.from(
    counts,
    ([piece, occurrences]): Word => ({ ids: [...encoder.encode(piece)], count: occurrences }),
  );
  const pairCounts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  for (const [index, word] of words.entries()) {
    addPairs(word, 1, pairCounts);
    for (const pair of pairs(word.ids)) note(places, pair, index);
  }
  const heap = new Heap<Candidate>(
    (a, b) => a.count > b.count || (a.count === b.count && a.pair < b.pair),
  );
  for (const [pair, occurrences] of pairCounts) heap.push({ pair, count: occurrences });

  // Two pairs can spell the same bytes ("a" "bc", "ab" "c"); they become one token.
  const tokens = Array.from({ length: byteCount }, (_, byte) => Uint8Array.of(byte));
  const idOf = new Map(tokens.map((token, id) => [spell(token), id]));
  const merges: { left: number; right: number; id: number }[] = [];
  while (tokens.length < size) {
    const best = heap.pop();
    if (best === undefined || best.count < leastCount) break;
    const now = pairCounts.get(best.pair) ?? 0;
    if (now !== best.count) {
      // An entry that a later merge has made wrong; a higher count has an entry of its own.
      if (now < best.count && now > 0) heap.push({ pair: best.pair, count: now });
      continue;
    }
    const left = Math.floor(best.pair / radix);
    const right = best.pair % radix;
    const bytes = Uint8Array.from([...(tokens[left] ?? []), ...(tokens[right] ?? [])]);
    const id = idOf.get(spell(bytes)) ?? tokens.length;
    if (id === tokens.length) {
      tokens.push(bytes);
      idOf.set(spell(bytes), id);
    }
    const merge = { left, right, id };
    merges.push(merge);
    const risen = new Set<number>();
    for (const index of places.get(best.pair) ?? []) {
      const word = words[index];
      if (word === undefined) continue;
      addPairs(word, -1, pairCounts);
      word.ids = replace(word.ids, merge);
      addPairs(word, 1, pairCounts);
      for (const pair of pairs(word.ids)) {
        if (Math.floor(pair / radix) !== id && pair % radix !== id) continue;
        note(places, pair, index);
        risen.add(pair);
      }
    }
    places.delete(best.pair);
    for (const pair of risen) heap.push({ pair, count: pairCounts.get(pair) ?? 0 });
  }
  return { tokens, merges };
}

/** A string for each string of bytes, as a key. */
function spell(token: Uint8Array): string {
  return latin.decode(token);
}

function* pairs(ids: readonly number[]): Iterable<number> {
  for (let place = 1; place < ids.length; place += 1) {
    yield (ids[place - 1] ?? 0) * radix + (ids[place] ?? 0);
  }
}

function addPairs(word: Word, sign: 1 | -1, counts: Map<number, number>): void {
  for (const pair of pairs(word.ids)) {
    counts.set(pair, (counts.get(pair) ?? 0) + sign * word.count);
  }
}

function note(places: Map<number, Set<number>>, pair: number, word: number): void {
  const known = places.get(pair);
  if (known === undefined) places.set(pair, new Set([word]));
  else known.add(word);
}

/** Every occurrence of the pair, from the left, replaced by its id. */
function replace(
  ids: readonly number[],
  merge: BytePairModel["merges"][number],
): readonly number[] {
  const replaced: number[] = [];
  for (let place = 0; place < ids.length; place += 1) {
    if (ids[place] === merge.left && ids[place + 1] === merge.right) {
      replaced.push(merge.id);
      place += 1;
    } else {
      replaced.push(ids[place] ?? 0);
    }
  }
  return replaced;
}
