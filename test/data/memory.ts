import { createHash } from "node:crypto";
import type { Host } from "../../program/host.ts";
import type { Pipeline, PlainValue, TokenizerPlan } from "../../program/pipeline.ts";

/** A host whose files are the given ones. */
export function memoryHost(files: Readonly<Record<string, Uint8Array | string>>): Host {
  const bytes = (path: string): Uint8Array | undefined => {
    const file = files[path];
    return typeof file === "string" ? new TextEncoder().encode(file) : file;
  };
  return {
    readBytes: async (path) => bytes(path),
    library: async () => undefined,
    resolve: (_, relative) => relative,
    digest: async (content) => createHash("sha256").update(content).digest("hex"),
  };
}

const place = { file: "case.recipe", range: { start: 0, end: 4 } };

function pipeline(
  source: string,
  inputs: readonly Pipeline[],
  settings: Readonly<Record<string, PlainValue>>,
  more: { readonly tokenizers?: readonly TokenizerPlan[]; readonly part?: string } = {},
): Pipeline {
  return { source, inputs, settings, tokenizers: more.tokenizers ?? [], part: more.part, place };
}

/** The pipelines that recipes write, in short. */
export const text = (path: string): Pipeline => pipeline("text", [], { path });
export const split = (data: Pipeline, heldOut: number, part: "train" | "held_out"): Pipeline =>
  pipeline("split", [data], { held_out: heldOut }, { part });
export const tokenize = (data: Pipeline, tokenizer: TokenizerPlan): Pipeline =>
  pipeline("tokenize", [data], {}, { tokenizers: [tokenizer] });
export const chunks = (data: Pipeline, length: number): Pipeline =>
  pipeline("chunks", [data], { length });
export const shuffle = (data: Pipeline, seed: number): Pipeline =>
  pipeline("shuffle", [data], { seed });
export const take = (data: Pipeline, count: number): Pipeline =>
  pipeline("take", [data], { count });
export const bytePair = (data: Pipeline, size: number): TokenizerPlan => ({
  tokenizer: "byte_pair",
  data,
  settings: { size },
  place,
});
