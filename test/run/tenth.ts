import { test } from "vitest";
import { buildStep } from "../../compiler/elaborate/build-step.ts";
import type { Elaborated } from "../../compiler/elaborate/elaborate.ts";
import { initialValues } from "../../compiler/elaborate/programs/initialise.ts";
import { uniforms } from "../../program/random.ts";
import { elaborated, onlyStage } from "../elaborate/recipes.ts";
import { interpreter, type Machine, type Values } from "./machine.ts";
import { expectNear, largestDifference } from "./near.ts";

const rows = 2;
const time = 32;
const steps = 20;
const length = 600;
const peak = 3e-3;

const optimizers = {
  adamw: `adamw(learning_rate: cosine(peak: ${peak}, floor: 3e-4, warmup: 20 steps), weight_decay: 0.1)`,
  sgd: "sgd(learning_rate: cosine(peak: 0.1, floor: 0.01, warmup: 20 steps))",
} as const;

/** The quickstart with a tenth of its parameters, on 2 × 32 tokens, with one of two optimizers. */
function tenth(optimizer: keyof typeof optimizers): Elaborated {
  return elaborated(`use std/models { Qwen2 }
use std/objectives { next_token }
use std/optimizers { adamw, cosine, sgd }
data lines = text("lines.txt")
let words = tokenizer.bpe(lines, size: 256)
stage base = train(Qwen2(vocab: 256, width: 48, depth: 3, kv_heads: 2, group: 2, head: 12, ffn: 128)) {
  data:      lines |> tokenize(words) |> chunks(${time} tokens)
  objective: next_token
  optimizer: ${optimizers[optimizer]}
  batch:     ${rows} sequences
  duration:  ${length} steps
}
`);
}

/** Rows of tokens of which some are more frequent than others. */
function tokensOfStep(step: number): Values {
  const count = rows * time;
  const id = uniforms(step, "id", count).map((number) => Math.floor(256 * number ** 2));
  return {
    "tokens.id": id,
    "tokens.position": id.map((_, index) => index % time),
    "tokens.segment": new Float64Array(count),
    "tokens.weight": new Float64Array(count).fill(1),
    "tokens.step": new Float64Array(count),
    "tokens.real": new Float64Array(count).fill(1),
  };
}

interface FirstSteps {
  readonly losses: readonly number[];
  readonly states: Values;
}

/** The first steps from the initial values that every target starts with. */
async function firstSteps(
  machine: Machine,
  optimizer: keyof typeof optimizers,
): Promise<FirstSteps> {
  const recipe = tenth(optimizer);
  const request = { kind: "train", stage: "base", rows, time, microBatches: 1 } as const;
  const { step } = buildStep(recipe, request);
  if (step === undefined) throw new Error("no step");
  const initial = initialValues(recipe.world, onlyStage(recipe), 0);
  const memory = machine.open(
    Object.fromEntries(initial.map(({ name, values }) => [name, Float32Array.from(values)])),
  );
  const run = await memory.load(step);
  const losses: number[] = [];
  for (let at = 0; at < steps; at += 1) {
    const scalars = { step: at, length, epoch: length, tokens: rows * time };
    const { loss } = await run(tokensOfStep(at), scalars);
    losses.push(loss?.[0] ?? Number.NaN);
  }
  const states = await memory.read();
  await memory.close();
  return { losses, states };
}

/** Twenty steps of a target against the interpreter in double precision. */
export function testTenth(machine: () => Machine): void {
  test("gradient descent: losses and weights", async () => {
    const wanted = await firstSteps(interpreter(), "sgd");
    const found = await firstSteps(machine(), "sgd");
    expectNear(lossesOf(found), lossesOf(wanted), 1e-6);
    expectNear(found.states, only(wanted.states, /^parameter:/), 1e-6);
  }, 600_000);

  // AdamW divides a gradient by its own size, so that one that is hardly more than its rounding
  // moves a weight at the full rate: above all a key's offset, whose gradient is 0 but for the
  // rotation. Weights are compared by the rate, gradients by the moments that they add up to.
  test("AdamW: losses, moments and weights", async () => {
    const wanted = await firstSteps(interpreter(), "adamw");
    const found = await firstSteps(machine(), "adamw");
    expectNear(lossesOf(found), lossesOf(wanted), 1e-6);
    expectNear(found.states, only(wanted.states, /:(first|second)$/), 5e-6);
    const parameters = only(wanted.states, /^parameter:/);
    expectNear(found.states, parameters, 0.01 * peak, largestDifference);
    const steady = only(parameters, /^(?!.*attention\.key\.offset)/);
    expectNear(found.states, steady, 2e-5);
  }, 600_000);
}

function lossesOf({ losses }: FirstSteps): Values {
  return Object.fromEntries(losses.map((loss, at) => [`loss of step ${at}`, [loss]]));
}

function only(values: Values, names: RegExp): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.test(name)));
}
