/** A recipe of one small training stage; every part can be exchanged. */
export interface SmallRecipe {
  readonly uses?: string;
  readonly model?: string;
  readonly objective?: string;
  readonly optimizer?: string;
  readonly data?: string;
  readonly batch?: string;
  readonly settings?: string;
  readonly after?: string;
}

export function smallRecipe(parts: SmallRecipe = {}): string {
  return `use std/models { Qwen2, Llama }
use std/objectives { next_token }
use std/optimizers { adamw, sgd, constant, linear, cosine, warmup_stable_decay }
use std/metrics { bits_per_byte }
${parts.uses ?? ""}
data lines = text("lines.txt") |> split(held_out: 10%)
let words = tokenizer.bpe(lines.train, size: 48)
stage base = train(${parts.model ?? small()}) {
  data:      ${parts.data ?? "lines.train |> tokenize(words) |> chunks(12 tokens)"}
  objective: ${parts.objective ?? "next_token"}
  optimizer: ${parts.optimizer ?? "adamw(learning_rate: constant(0.01))"}
  batch:     ${parts.batch ?? "8 sequences"}
  duration:  20 steps
  ${parts.settings ?? ""}
}
${parts.after ?? ""}`;
}

/** A small model with some of its settings exchanged. */
export function small(
  settings: Readonly<Record<string, string | number>> = {},
  name: "Qwen2" | "Llama" = "Qwen2",
): string {
  const all = {
    vocab: 48,
    width: 8,
    depth: 2,
    kv_heads: 2,
    group: 2,
    head: 4,
    ffn: 12,
    ...settings,
  };
  const written = Object.entries(all).map(([key, value]) => `${key}: ${value}`);
  return `${name}(${written.join(", ")})`;
}
