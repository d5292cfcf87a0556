import { invariant } from "../../program/invariant.ts";
import { Heap } from "./heap.ts";
import { pieces } from "./pieces.ts";

/** What a byte-pair tokenizer is: tokens by id, and merges from the first learnt to the last. */
export interface BytePairModel {
  readonly tokens: readonly Uint8Array[];
  /** Pairs of ids and the id that they become. */
  readonly merges: readonly {
    readonly left: number;
    readonly right: number;
    readonly id: number;
  }[];
}

/** Pieces repeat; more than this many different ones are not remembered. */
const rememberedPieces = 2 ** 17;
const radix = 2 ** 26;

interface Rule {
  readonly rank: number;
  readonly id: number;
}

/** The function from text to ids; pieces that were seen before cost one look-up. */
export function bytePairEncoder(model: BytePairModel): (text: string) => Int32Array {
  const utf8 = new TextEncoder();
  const remembered = new Map<string, readonly number[]>();
  const rules = new Map<number, Rule>(
    model.merges.map(({ left, right, id }, rank) => [left * radix + right, { rank, id }]),
  );
  const byteIds = new Int32Array(256).fill(-1);
  for (const [id, token] of model.tokens.entries()) {
    if (token.length === 1) byteIds[token[0] ?? 0] = id;
  }
  invariant(!byteIds.includes(-1), "every byte is a token");

  return (text) => {
    const ids: number[] = [];
    for (const piece of pieces(text)) {
      let found = remembered.get(piece);
      if (found === undefined) {
        found = mergePiece(
          Int32Array.from(utf8.encode(piece), (byte) => byteIds[byte] ?? 0),
          rules,
        );
        if (remembered.size < rememberedPieces) remembered.set(piece, found);
      }
      for (const id of found) ids.push(id);
    }
    return Int32Array.from(ids);
  };
}

/**
 * Applies the rules to one piece: always the one that was learnt first, the leftmost among equals.
 * A linked list over the ids and a heap of possible merges keep long pieces from costing squares.
 */
function mergePiece(ids: Int32Array, rules: ReadonlyMap<number, Rule>): readonly number[] {
  const count = ids.length;
  const next = Int32Array.from({ length: count }, (_, place) => place + 1);
  const previous = Int32Array.from({ length: count }, (_, place) => place - 1);
  const heap = new Heap<{ readonly rule: Rule; readonly place: number; readonly pair: number }>(
    (a, b) => a.rule.rank < b.rule.rank || (a.rule.rank === b.rule.rank && a.place < b.place),
  );
  const pairAt = (place: number): number => {
    const after = next[place] ?? count;
    return after >= count ? -1 : (ids[place] ?? 0) * radix + (ids[after] ?? 0);
  };
  const offer = (place: number): void => {
    const pair = pairAt(place);
    const rule = rules.get(pair);
    if (rule !== undefined) heap.push({ rule, place, pair });
  };
  for (let place = 0; place + 1 < count; place += 1) offer(place);

  for (let best = heap.pop(); best !== undefined; best = heap.pop()) {
    const { place, rule } = best;
    if ((ids[place] ?? -1) < 0 || pairAt(place) !== best.pair) continue;
    const gone = next[place] ?? count;
    const after = next[gone] ?? count;
    ids[place] = rule.id;
    ids[gone] = -1;
    next[place] = after;
    if (after < count) previous[after] = place;
    offer(place);
    const before = previous[place] ?? -1;
    if (before >= 0) offer(before);
  }
  return Array.from(ids.filter((id) => id >= 0));
}
