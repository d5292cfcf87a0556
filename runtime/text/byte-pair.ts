import { invariant } from "../../program/invariant.ts";
import type { BytePairModel } from "./byte-pair-encoding.ts";
import { bytePairEncoder } from "./byte-pair-encoding.ts";
import type { TextTokenizer } from "./tokenizer.ts";
import { tokenizerFiles } from "./tokenizer-json.ts";

/** The tokenizer of a model that was learnt or read; it writes itself as files. */
export function bytePairTokenizer(model: BytePairModel): TextTokenizer {
  const encode = bytePairEncoder(model);
  const bytesOf = (id: number): Uint8Array => {
    const bytes = model.tokens[id];
    invariant(bytes !== undefined, `the tokenizer has no token ${id}`);
    return bytes;
  };
  const decoder = (): { push(id: number): string; end(): string } => {
    const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
    return {
      push: (id) => utf8.decode(bytesOf(id), { stream: true }),
      end: () => utf8.decode(),
    };
  };
  return {
    size: model.tokens.length,
    tokens: model.tokens,
    encode,
    decode(ids) {
      const { push, end } = decoder();
      return Array.from(ids, push).join("") + end();
    },
    decoder,
    files: tokenizerFiles(model),
  };
}
