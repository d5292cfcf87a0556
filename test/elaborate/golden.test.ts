import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { buildStep } from "../../compiler/elaborate/build-step.ts";
import { tracedLogits } from "../../compiler/elaborate/programs/decode.ts";
import { trainStages } from "../../compiler/elaborate/stage.ts";
import { interpret, makeStep, optimise } from "../../compiler/graph/index.ts";
import { elaborated } from "./recipes.ts";
import { relativeError, type Stored, statesOf } from "./stored.ts";

/** What PyTorch computes in double precision, by test/golden/generate/models.py. */
interface Golden {
  readonly config: Readonly<Record<string, number>>;
  readonly tokens: readonly (readonly number[])[];
  readonly position: readonly (readonly number[])[];
  readonly segment: readonly (readonly number[])[];
  readonly weight: readonly (readonly number[])[];
  readonly parameters: Readonly<Record<string, Stored>>;
  readonly logits: Stored;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Stored>>;
  readonly after: Readonly<Record<string, Stored>>;
  readonly first: Readonly<Record<string, Stored>>;
  readonly second: Readonly<Record<string, Stored>>;
}

const cases = [
  { file: "qwen2_tied", model: "Qwen2", tied: true },
  { file: "qwen2_untied_packed", model: "Qwen2", tied: false },
  { file: "llama_untied", model: "Llama", tied: false },
] as const;

function read(file: string): Golden {
  const path = new URL(`../golden/values/${file}.json`, import.meta.url);
  return JSON.parse(readFileSync(fileURLToPath(path), "utf8")) as Golden;
}

function recipe(model: string, tied: boolean, { config }: Golden): string {
  const { vocab_size, hidden_size, num_hidden_layers, num_key_value_heads } = config;
  const group = (config["num_attention_heads"] ?? 0) / (num_key_value_heads ?? 1);
  return `use std/models { ${model} }
use std/objectives { next_token }
use std/optimizers { adamw, constant }
data lines = text("lines.txt")
let words = tokenizer.bpe(lines, size: 29)
let tiny = ${model}(vocab: ${vocab_size}, width: ${hidden_size}, depth: ${num_hidden_layers}, kv_heads: ${num_key_value_heads},
  group: ${group}, head: ${config["head_dim"]}, ffn: ${config["intermediate_size"]}, theta: ${config["rope_theta"]},
  epsilon: ${config["rms_norm_eps"]}, tied: ${tied})
stage base = train(tiny) {
  data:      lines |> tokenize(words) |> chunks(9 tokens)
  objective: next_token
  optimizer: adamw(learning_rate: constant(1e-3), weight_decay: 0.1, beta2: 0.95)
  batch:     2 sequences
  duration:  1 steps
  clip:      none
}
`;
}

function tokensOf(golden: Golden): Record<string, Float64Array> {
  const flat = (rows: readonly (readonly number[])[]) => Float64Array.from(rows.flat());
  return {
    "tokens.id": flat(golden.tokens),
    "tokens.position": flat(golden.position),
    "tokens.segment": flat(golden.segment),
    "tokens.weight": flat(golden.weight),
    "tokens.step": new Float64Array(18),
    "tokens.real": new Float64Array(18).fill(1),
  };
}

describe.each(cases)("$file", ({ file, model, tied }) => {
  const golden = read(file);
  const recipeOf = elaborated(recipe(model, tied, golden));
  const [stage] = trainStages(recipeOf.stages);
  if (stage === undefined) throw new Error(JSON.stringify(recipeOf.diagnostics));
  const plan = stage.plan.model;
  const states = statesOf(plan, golden.parameters);

  test("logits", () => {
    const { world } = recipeOf;
    const { builder } = world;
    const batch = builder.axis("batch", 2);
    const traced = tracedLogits(world, stage, batch, builder.axis("time", 9));
    if (traced === undefined) throw new Error("no logits");
    const outputs = [{ name: "logits", node: traced.logits }];
    const step = optimise(builder, makeStep(builder, "logits", outputs, []));
    const { logits } = interpret(step, { ...states, ...tokensOf(golden) }).outputs;
    expect(logits?.axes.map((axis) => axis.name)).toEqual(["vocab", "batch", "time"]);
    const [vocab = 0, rows = 0, time = 0] = logits?.axes.map((axis) => axis.size) ?? [];
    const found = golden.logits.values.map((_, index) => {
      const id = index % vocab;
      const t = Math.floor(index / vocab) % time;
      const row = Math.floor(index / vocab / time);
      return logits?.values[(id * rows + row) * time + t] ?? Number.NaN;
    });
    expect(relativeError(found, golden.logits.values)).toBeLessThan(1e-10);
  });

  test.each([1, 2])("loss, gradients and one step of AdamW in %i micro-batches", (microBatches) => {
    const { step, diagnostics } = buildStep(recipeOf, {
      kind: "train",
      stage: "base",
      rows: 2 / microBatches,
      time: 9,
      microBatches,
    });
    expect(diagnostics).toEqual([]);
    if (step === undefined) throw new Error("no step");
    const moments = Object.fromEntries(
      plan.parameters.flatMap(({ path, axes }) => {
        const size = axes.reduce((count, axis) => count * axis.size, 1);
        return ["first", "second"].map(
          (field) => [`optimizer:${path}:${field}`, new Float64Array(size)] as const,
        );
      }),
    );
    const values = { ...states, ...moments, ...tokensOf(golden) };
    const scalars = { step: 0, length: 1, epoch: 1, tokens: 18 };
    const { outputs, next } = interpret(step, values, { scalars });
    expect(relativeError(outputs["loss"]?.values ?? [], [golden.loss])).toBeLessThan(1e-10);
    const expected = {
      ...statesOf(plan, golden.after),
      ...statesOf(plan, golden.first, "optimizer", ":first"),
      ...statesOf(plan, golden.second, "optimizer", ":second"),
    };
    for (const [name, value] of Object.entries(expected)) {
      const error = relativeError(next[name] ?? [], value);
      expect(error, name).toBeLessThan(name.startsWith("parameter") ? 1e-9 : 1e-10);
    }
    // The first moment after one step is the gradient times 1 - beta1, so it proves the gradient.
    const gradients = statesOf(plan, golden.gradients, "optimizer", ":first");
    for (const [name, value] of Object.entries(gradients)) {
      const scaled = value.map((entry) => 0.1 * entry);
      expect(relativeError(next[name] ?? [], scaled), name).toBeLessThan(1e-10);
    }
  });
});
