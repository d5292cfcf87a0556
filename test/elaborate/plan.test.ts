import { expect, test } from "vitest";
import { traceStages } from "../../compiler/elaborate/trace.ts";
import { evaluateScalar } from "../../program/scalar-expression.ts";
import { checked, elaborated, onlyStage, recipeText } from "./recipes.ts";
import { small, smallRecipe } from "./small-recipe.ts";

const where = { length: 100, epoch: 40, tokens: 64 };

function rates(optimizer: string, steps: readonly number[]): readonly number[] {
  const { learningRate } = onlyStage(elaborated(smallRecipe({ optimizer }))).plan;
  if (learningRate === undefined) throw new Error("no learning rate");
  return steps.map((step) => evaluateScalar(learningRate, { ...where, step }));
}

const schedules = [
  { schedule: "constant(0.5)", steps: [0, 99], expected: [0.5, 0.5] },
  {
    schedule: "constant(0.5, warmup: 5 steps)",
    steps: [0, 1, 4, 50],
    expected: [0.1, 0.2, 0.5, 0.5],
  },
  { schedule: "linear(peak: 1, floor: 0.2)", steps: [0, 50, 100], expected: [1, 0.6, 0.2] },
  {
    schedule: "cosine(peak: 1, floor: 0.1, warmup: 20 steps)",
    steps: [0, 19, 20, 60, 100],
    expected: [0.05, 1, 1, 0.55, 0.1],
  },
  { schedule: "cosine(peak: 1, warmup: 10%)", steps: [4, 9, 55], expected: [0.5, 1, 0.5] },
  { schedule: "cosine(peak: 1, warmup: 0.5 epochs)", steps: [9, 19], expected: [0.5, 1] },
  { schedule: "linear(peak: 1, warmup: 640 tokens)", steps: [4, 9], expected: [0.5, 1] },
  {
    schedule: "warmup_stable_decay(peak: 1, warmup: 4 steps, decay: 20%)",
    steps: [0, 3, 50, 80, 90, 100],
    expected: [0.25, 1, 1, 1, 0.5, 0],
  },
];

test.each(schedules)("$schedule", ({ schedule, steps, expected }) => {
  const found = rates(`adamw(learning_rate: ${schedule})`, steps);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 12);
});

test("a tied embedding is held once, an untied one twice", () => {
  const count = (tied: boolean) =>
    onlyStage(elaborated(smallRecipe({ model: small({ tied: `${tied}` }) }))).plan.model;
  const tied = count(true);
  const untied = count(false);
  expect(untied.parameterCount - tied.parameterCount).toBe(48 * 8);
  expect(tied.parameters.map(({ path }) => path)).not.toContain("unembed");
  expect(untied.layout?.tensors.map(({ name }) => name)).toContain("lm_head.weight");
  expect(tied.layout?.tensors.map(({ name }) => name)).not.toContain("lm_head.weight");
});

test("repeated modules are stacked, and every entry has a stored tensor", () => {
  const { model } = onlyStage(elaborated(smallRecipe())).plan;
  const query = model.parameters.find(({ path }) => path === "blocks.attention.query.weight");
  expect(query?.stack).toBe(2);
  expect(query?.axes.map(({ name, size }) => `${name} ${size}`)).toEqual([
    "layer 2",
    "width 8",
    "kv_heads 2",
    "group 2",
    "head 4",
  ]);
  const stored = model.layout?.tensors.filter(({ state }) => state === query?.state);
  expect(stored).toEqual([
    {
      name: "model.layers.0.self_attn.q_proj.weight",
      state: query?.state,
      entry: 0,
      order: [1, 2, 3, 0],
      shape: [16, 8],
    },
    {
      name: "model.layers.1.self_attn.q_proj.weight",
      state: query?.state,
      entry: 1,
      order: [1, 2, 3, 0],
      shape: [16, 8],
    },
  ]);
  expect(model.layout?.config).toMatchObject({ num_attention_heads: 4, num_hidden_layers: 2 });
});

test("data functions become a pipeline with plain settings and resolved paths", () => {
  const recipe = elaborated(smallRecipe(), {}).plan.stages[0];
  if (recipe?.kind !== "train") throw new Error("no stage");
  const sources: string[] = [];
  for (let at = recipe.data; ; ) {
    sources.push(`${at.source}${at.part === undefined ? "" : `.${at.part}`}`);
    const [input] = at.inputs;
    if (input === undefined) {
      expect(at.settings).toEqual({ path: "lines.txt" });
      break;
    }
    at = input;
  }
  expect(sources).toEqual(["chunks", "tokenize", "split.train", "text"]);
  expect(recipe.data.settings).toEqual({ length: 12 });
  expect(recipe.tokenizer).toMatchObject({ tokenizer: "byte_pair", settings: { size: 48 } });
  expect(recipe).toMatchObject({
    batchRows: 8,
    microBatchRows: 8,
    rowTokens: 12,
    clip: 1,
    seed: 0,
  });
});

test("stages inside functions and loops have addresses", () => {
  const text = smallRecipe({
    after: `fn again(model: Model, seed: Int) -> Checkpoint {
  stage inner = train(model) {
    data: lines.train |> tokenize(words) |> chunks(12 tokens)
    objective: next_token
    optimizer: sgd(learning_rate: constant(0.1))
    batch: 4 sequences
    duration: 2 steps
    seed: seed
  }
  inner
}
let runs = for seed in 0..2 { again(${small()}, seed) }
let named = for name in ["a", "b"] { again(${small()}, 7) }`,
  });
  expect(elaborated(text).plan.stages.map((stage) => stage.address)).toEqual([
    "base",
    "runs[0].inner",
    "runs[1].inner",
    "named.a.inner",
    "named.b.inner",
  ]);
});

const duration = `input duration: Extent = 20 steps
input kind: "a" | "b" = "a"
${smallRecipe({ model: small({ tied: 'kind == "a"' }) }).replace("20 steps\n", "duration\n")}`;

test.each([
  ["50 steps", { unit: "steps", amount: 50 }],
  ["2 epochs", { unit: "epochs", amount: 2 }],
  ["5M tokens", { unit: "tokens", amount: 5e6 }],
] as const)("--set duration=%s", (text, expected) => {
  const { plan, diagnostics } = checked(duration, { duration: text });
  expect(diagnostics).toEqual([]);
  expect(plan?.stages[0]).toMatchObject({ duration: expected });
});

test.each([
  ["duration", "50 stops"],
  ["duration", "50"],
  ["duration", "1e400 steps and more"],
  ["kind", "c"],
])("--set %s=%s is refused", (name, value) => {
  const { diagnostics } = checked(duration, { [name]: value });
  expect(diagnostics.map((one) => one.code)).toEqual(["LV0815"]);
});

test("a promise is looked at as soon as it can be", () => {
  const codes = (ensure: string) =>
    checked(smallRecipe({ after: `ensure ${ensure}` })).diagnostics.map((one) => one.code);
  expect(codes("parameters(base) < 2K")).toEqual([]);
  expect(codes("parameters(base) < 1K")).toEqual(["LV0801"]);
  expect(codes("1 + 1 == 3")).toEqual(["LV0801"]);
  const { plan } = checked(smallRecipe({ after: "ensure peak_memory(base) < 8 GiB" }));
  expect(plan?.contracts).toMatchObject([
    { kind: "peak_memory", stage: "base", operator: "<", limit: 8 * 2 ** 30 },
  ]);
});

test("the quickstart is two stages without a complaint", () => {
  const { diagnostics, plan } = checked(recipeText("quickstart.recipe"), {}, "quickstart.recipe");
  expect(diagnostics).toEqual([]);
  const [base, release] = plan?.stages ?? [];
  expect(base).toMatchObject({
    kind: "train",
    address: "base",
    model: { parameterCount: 919_680, trainableCount: 919_680, vocabulary: 1024 },
    batchRows: 16,
    rowTokens: 128,
    duration: { unit: "steps", amount: 600 },
    every: [
      {
        interval: { unit: "steps", amount: 50 },
        metrics: [{ metric: "bits_per_byte", settings: { against: ["unigram", "bigram"] } }],
        samples: [{ prompt: "ROMEO:", maxTokens: 80, temperature: 0.8, function: "sample" }],
      },
    ],
  });
  expect(release).toMatchObject({ kind: "export", from: "base", reads: ["base"] });
  expect(Object.keys(plan?.sources ?? {})).toContain("std/layers");
});

test.each([
  ["a function that is given itself", "let f = |g| g(g)\nlet x = f(f)", "LV0802"],
  [
    "an optimizer whose next value has another dimension",
    `let odd = Optimizer {
  start: |value| {}
  step: |value, gradient, state, now, path| { value: { dim more = 3
    expand(value, over: more) }, state: state }
}
stage other = train(Qwen2(vocab: 48, width: 8, depth: 1, kv_heads: 1, group: 1, head: 4, ffn: 8)) {
  data: lines.train |> tokenize(words) |> chunks(12 tokens)
  objective: next_token
  optimizer: odd
  batch: 2 sequences
  duration: 1 steps
}`,
    "LV0806",
  ],
])("%s is refused", (_, after, code) => {
  const recipe = elaborated(smallRecipe({ after }));
  const found = [...recipe.diagnostics, ...traceStages(recipe)];
  expect([...new Set(found.map((one) => one.code))]).toEqual([code]);
});

test.each([
  ["a stage's result", "base"],
  ["a model around a stage's result", "Around(inner: base)"],
])("training of %s is refused, not begun anew", (_, model) => {
  const text = smallRecipe({
    uses: `model Around(inner: LanguageModel) {
  fn hidden(tokens: Tokens[batch, time]) -> Real[batch, time, inner.width] { inner.hidden(tokens) }
  fn logits(tokens: Tokens[batch, time]) -> Real[batch, time, inner.vocab] { inner.logits(tokens) }
}`,
    after: `stage other = train(${model}) {
  data: lines.train |> tokenize(words) |> chunks(12 tokens)
  objective: next_token
  optimizer: sgd(learning_rate: constant(0.1))
  batch: 2 sequences
  duration: 1 steps
}`,
  });
  expect(checked(text).diagnostics.map((one) => one.code)).toEqual(["LV0806"]);
});
