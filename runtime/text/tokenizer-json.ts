import { readBytes, writeBytes } from "./byte-alphabet.ts";
import type { BytePairModel } from "./byte-pair-encoding.ts";

/** The two files from which other programs load a byte-pair tokenizer over bytes. */
export function tokenizerFiles(model: BytePairModel): Readonly<Record<string, string>> {
  const names = model.tokens.map(writeBytes);
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  };
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(names.map((name, id) => [name, id])),
      merges: model.merges.map(({ left, right }) => [names[left], names[right]]),
    },
  };
  const settings = {
    tokenizer_class: "PreTrainedTokenizerFast",
    clean_up_tokenization_spaces: false,
    added_tokens_decoder: {},
    model_max_length: 1e30,
  };
  return {
    "tokenizer.json": `${JSON.stringify(tokenizer, null, 1)}\n`,
    "tokenizer_config.json": `${JSON.stringify(settings, null, 2)}\n`,
  };
}

/** Reads a file of the form that `tokenizerFiles` writes; a string says what is wrong with it. */
export function readTokenizerJson(text: string): BytePairModel | string {
  const file = parse(text);
  if (file === undefined) return "it is not JSON";
  const model = field(file, "model");
  if (field(model, "type") !== "BPE") return "its model is not byte-pair encoding";
  if (field(field(file, "pre_tokenizer"), "type") !== "ByteLevel")
    return "it does not cut into bytes";
  const vocabulary = field(model, "vocab");
  const merges = field(model, "merges");
  if (!isRecord(vocabulary) || !Array.isArray(merges)) return "it has no vocabulary and merges";

  const tokens: Uint8Array[] = [];
  const ids = new Map<string, number>();
  for (const [name, id] of Object.entries(vocabulary)) {
    const bytes = readBytes(name);
    if (bytes === undefined || bytes.length === 0)
      return `the token ${JSON.stringify(name)} is not of bytes`;
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || tokens[id] !== undefined) {
      return `the token ${JSON.stringify(name)} has no id of its own`;
    }
    tokens[id] = bytes;
    ids.set(name, id);
  }
  if (tokens.length !== ids.size) return "its ids have gaps";
  const byteTokens = tokens.filter((token) => token.length === 1).length;
  if (byteTokens !== 256) return `it has ${byteTokens} of 256 bytes`;

  const rules: { left: number; right: number; id: number }[] = [];
  for (const merge of merges as readonly unknown[]) {
    const [left, right] = Array.isArray(merge)
      ? (merge as readonly unknown[])
      : String(merge).split(" ");
    const found = [left, right, `${String(left)}${String(right)}`].map((name) =>
      ids.get(String(name)),
    );
    const [leftId, rightId, id] = found;
    if (leftId === undefined || rightId === undefined || id === undefined) {
      return `the merge ${JSON.stringify(merge)} is not of its tokens`;
    }
    rules.push({ left: leftId, right: rightId, id });
  }
  return { tokens, merges: rules };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
