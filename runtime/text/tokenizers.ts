import { tokenizerTooLarge, tokenizerTooSmall } from "../../program/diagnostics/catalogue/files.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import { invariant } from "../../program/invariant.ts";
import type { Documents } from "../data/rows.ts";
import { numberSetting } from "../data/settings.ts";
import type { TokenizerSource } from "../data/source.ts";
import { refuse } from "../refusal.ts";
import { byteCount } from "./byte-alphabet.ts";
import { bytePairTokenizer } from "./byte-pair.ts";
import { countPieces, trainBytePairs } from "./byte-pair-training.ts";

const byte_pair: TokenizerSource = {
  async learn(plan, context) {
    const size = numberSetting(plan, "size");
    if (size < byteCount) {
      refuse(diagnose(tokenizerTooSmall, plan.place, { size, smallest: byteCount }));
    }
    const documents = await context.rows(plan.data, 0);
    invariant(documents.kind === "documents", "a tokenizer is learnt from text");
    const model = trainBytePairs(countPieces(texts(documents)), size);
    const largest = model.tokens.length;
    if (largest < size) refuse(diagnose(tokenizerTooLarge, plan.place, { size, largest }));
    return bytePairTokenizer(model);
  },
};

/** The names that bodies `= tokenizer "…"` of the library have, and what implements them. */
const tokenizers = { byte_pair } as const satisfies Record<string, TokenizerSource>;

export type TokenizerName = keyof typeof tokenizers;

export const tokenizerNames = Object.keys(tokenizers) as readonly TokenizerName[];

export function tokenizerNamed(name: string): TokenizerSource | undefined {
  return Object.hasOwn(tokenizers, name) ? tokenizers[name as TokenizerName] : undefined;
}

function* texts(documents: Documents): Iterable<string> {
  for (let index = 0; index < documents.length; index += 1) yield documents.row(index);
}
