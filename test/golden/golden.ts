import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildStep } from "../../compiler/elaborate/build-step.ts";
import type { Elaborated } from "../../compiler/elaborate/elaborate.ts";
import { nowRecord } from "../../compiler/elaborate/learning-rate.ts";
import { optimizerUpdate } from "../../compiler/elaborate/programs/optimizer.ts";
import { makeStep, optimise } from "../../compiler/graph/index.ts";
import type { Step } from "../../compiler/graph/step.ts";
import type { ModelPlan } from "../../program/stage-plan.ts";
import { elaborated, onlyStage } from "../elaborate/recipes.ts";
import type { Values } from "../run/machine.ts";
import type { Stored } from "./stored.ts";

/** What PyTorch computes in double precision, by generate/models.py. */
export interface Golden {
  readonly config: Readonly<Record<string, number>>;
  readonly tokens: readonly (readonly number[])[];
  readonly position: readonly (readonly number[])[];
  readonly segment: readonly (readonly number[])[];
  readonly weight: readonly (readonly number[])[];
  readonly parameters: Readonly<Record<string, Stored>>;
  readonly logits: Stored;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Stored>>;
  readonly adamw: Readonly<Record<AdamwSetting, number>>;
  readonly after: Readonly<Record<string, Stored>>;
  readonly first: Readonly<Record<string, Stored>>;
  readonly second: Readonly<Record<string, Stored>>;
}

type AdamwSetting = "learning_rate" | "beta1" | "beta2" | "epsilon" | "weight_decay";

export const goldenCases = [
  { file: "qwen2_tied", model: "Qwen2", tied: true },
  { file: "qwen2_untied_packed", model: "Qwen2", tied: false },
  { file: "llama_untied", model: "Llama", tied: false },
] as const;

export function readGolden<Content>(file: string): Content {
  const path = fileURLToPath(new URL(`values/${file}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, "utf8")) as Content;
}

/** The call that makes a model of a published configuration. */
export function modelCall(
  name: string,
  tied: boolean,
  config: Readonly<Record<string, number>>,
): string {
  const number = (key: string): number => config[key] ?? Number.NaN;
  const heads = number("num_attention_heads");
  const settings = {
    vocab: number("vocab_size"),
    width: number("hidden_size"),
    depth: number("num_hidden_layers"),
    kv_heads: number("num_key_value_heads"),
    group: heads / number("num_key_value_heads"),
    head: config["head_dim"] ?? number("hidden_size") / heads,
    ffn: number("intermediate_size"),
    theta: number("rope_theta"),
    epsilon: number("rms_norm_eps"),
    tied,
  };
  const written = Object.entries(settings).map(([key, value]) => `${key}: ${value}`);
  return `${name}(${written.join(", ")})`;
}

/** A stage that trains the model with this optimizer, which may be one of those below. */
export function goldenRecipe(model: string, optimizer: string): Elaborated {
  return elaborated(`use std/models { Qwen2, Llama }
use std/objectives { next_token }
use std/optimizers { adamw, constant }
/// Keeps the gradient and moves nothing.
fn recorded() -> Optimizer {
  Optimizer {
    start: |value| { gradient: zeros(like: value) }
    step:  |value, gradient, state, now, path| { { value: value, state: { gradient: gradient } } }
  }
}
data lines = text("lines.txt")
let words = tokenizer.bpe(lines, size: 29)
stage base = train(${model}) {
  data:      lines |> tokenize(words) |> chunks(9 tokens)
  objective: next_token
  optimizer: ${optimizer}
  batch:     2 sequences
  duration:  1 steps
  clip:      none
}
`);
}

export function adamwCall({ adamw }: Golden): string {
  const { learning_rate, ...settings } = adamw;
  const written = Object.entries(settings).map(([key, value]) => `${key}: ${value}`);
  return `adamw(learning_rate: constant(${learning_rate}), ${written.join(", ")})`;
}

export function tokensOf(
  golden: Pick<Golden, "tokens" | "position" | "segment" | "weight">,
): Values {
  const flat = (rows: readonly (readonly number[])[]) => Float64Array.from(rows.flat());
  const id = flat(golden.tokens);
  return {
    "tokens.id": id,
    "tokens.position": flat(golden.position),
    "tokens.segment": flat(golden.segment),
    "tokens.weight": flat(golden.weight),
    "tokens.step": new Float64Array(id.length),
    "tokens.real": new Float64Array(id.length).fill(1),
  };
}

/** A state of zeros for each parameter and each of the fields. */
export function zeroStates(model: ModelPlan, fields: readonly string[]): Values {
  return Object.fromEntries(
    model.parameters.flatMap(({ path, axes }) => {
      const size = axes.reduce((count, axis) => count * axis.size, 1);
      return fields.map((field) => [`optimizer:${path}:${field}`, new Float64Array(size)]);
    }),
  );
}

export function trainStep(recipe: Elaborated, rows: number, microBatches: number): Step {
  const { step, diagnostics } = buildStep(recipe, {
    kind: "train",
    stage: "base",
    rows,
    time: 9,
    microBatches,
  });
  if (step === undefined) throw new Error(diagnostics.map((one) => one.message).join("; "));
  return step;
}

/** The optimizer alone: gradients are data, `gradient:PATH` in the order of the parameter. */
export function updateStep(recipe: Elaborated): Step {
  const { world } = recipe;
  const { builder } = world;
  const stage = onlyStage(recipe);
  const { parameters } = stage.model;
  const values = parameters.map(({ state, axes }) => builder.input(state, "state", axes, "real"));
  const gradients = parameters.map(({ path, axes }) =>
    builder.input(`gradient:${path}`, "data", axes, "real"),
  );
  const now = nowRecord(world);
  const updates = optimizerUpdate(world, stage, parameters, values, gradients, now);
  if (updates === undefined) throw new Error("no update");
  return optimise(builder, makeStep(builder, "update", [], updates));
}
