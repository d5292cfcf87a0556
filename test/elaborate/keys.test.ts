import { expect, test } from "vitest";
import { elaborated } from "./recipes.ts";
import { type SmallRecipe, small, smallRecipe } from "./small-recipe.ts";

function keysOf(text: string, inputs: Readonly<Record<string, string>> = {}): readonly string[] {
  const { plan, diagnostics } = elaborated(text, { inputs });
  expect(diagnostics).toEqual([]);
  return plan.stages.map((stage) => stage.keyMaterial);
}

const every = `every 5 steps {
    metrics: bits_per_byte(lines.held_out |> tokenize(words) |> chunks(12 tokens))
    sample:  { prompt: "A", max_tokens: 8 }
  }`;

/** Each is the recipe with one thing changed that the result depends on. */
const changes: Readonly<Record<string, SmallRecipe>> = {
  "a size of the model": { model: small({ ffn: 16 }) },
  "another architecture": { model: small({}, "Llama") },
  "a number of the model": { model: small({ theta: 1e4 }) },
  "tied or not": { model: small({ tied: "false" }) },
  "one dimension for two": { model: small({ kv_heads: 1, group: 4 }) },
  "the length of rows": { data: "lines.train |> tokenize(words) |> chunks(16 tokens)" },
  "which part of the data": { data: "lines.held_out |> tokenize(words) |> chunks(12 tokens)" },
  "the order of the data": {
    data: "lines.train |> tokenize(words) |> chunks(12 tokens) |> shuffle(seed: 1)",
  },
  "the objective": {
    uses: "fn double(policy: LanguageModel, tokens: Tokens[batch, time]) -> Loss { 2 * next_token(policy, tokens) }",
    objective: "double",
  },
  "the optimizer": { optimizer: "sgd(learning_rate: constant(0.01))" },
  "the learning rate": { optimizer: "adamw(learning_rate: constant(0.02))" },
  "the schedule": { optimizer: "adamw(learning_rate: linear(peak: 0.01))" },
  "the warm-up": { optimizer: "adamw(learning_rate: constant(0.01, warmup: 2 steps))" },
  "the weight decay": { optimizer: "adamw(learning_rate: constant(0.01), weight_decay: 0.02)" },
  "a moment's decay": { optimizer: "adamw(learning_rate: constant(0.01), beta2: 0.99)" },
  "the batch": { batch: "4 sequences" },
  "the micro-batch": { settings: "micro_batch: 2 sequences" },
  "the norm of gradients": { settings: "clip: 0.5" },
  "no clipping": { settings: "clip: none" },
  "the seed": { settings: "seed: 1" },
  "the interval of checkpoints": { settings: "checkpoint: 7 steps" },
  recomputation: { settings: "recompute: true" },
  "what is measured": { settings: every },
  "when it is measured": { settings: every.replace("5 steps", "6 steps") },
  "what a prompt says": { settings: every.replace('"A"', '"B"') },
  "how long a sample is": { settings: every.replace("8", "9") },
  "how a sample is drawn": { settings: every.replace("max_tokens: 8", "temperature: 0.5") },
};

const plain = keysOf(smallRecipe())[0];

test("every change gives a key of its own", () => {
  const keys = new Map<string | undefined, string>([[plain, "nothing"]]);
  for (const [name, parts] of Object.entries(changes)) {
    const [key] = keysOf(smallRecipe(parts));
    expect(keys.get(key), `${name} has the key of`).toBeUndefined();
    keys.set(key, name);
  }
});

test("another tokenizer gives another key", () => {
  const text = smallRecipe().replace("size: 48)", "size: 40)");
  expect(keysOf(text)[0]).not.toBe(plain);
});

test("another content of the data gives another key, another path of the same does not", () => {
  const key = (digest: string, path: string) => {
    const facts = new Map([
      [`file:${path}`, { kind: "file", bytes: 10, digest, invalid: undefined } as const],
    ]);
    const { plan } = elaborated(smallRecipe().replace("lines.txt", path), { facts });
    return plan.stages[0]?.keyMaterial;
  };
  expect(key("one", "lines.txt")).not.toBe(key("two", "lines.txt"));
  expect(key("one", "lines.txt")).toBe(key("one", "moved/lines.txt"));
});

test("code that the result depends on is part of the key, however far away", () => {
  const uses = (factor: number) => `fn inner(x: Real[..d]) -> Real[..d] { ${factor} * x }
fn mine(policy: LanguageModel, tokens: Tokens[batch, time]) -> Loss {
  loss(inner(-policy.logits(tokens)))
}`;
  const key = (factor: number) => keysOf(smallRecipe({ uses: uses(factor), objective: "mine" }))[0];
  expect(key(1)).not.toBe(key(2));
});

test("comments, line breaks and what no stage uses are not", () => {
  const text = smallRecipe()
    .replace("stage base", "// a comment\n\nlet unused = 3\nstage base")
    .replace("batch:     8", "batch:8")
    .replace("0.01", "1e-2");
  expect(keysOf(text)[0]).toBe(plain);
});

test("an input is part of the keys of what it decides", () => {
  const text = `input rate: Real = 0.01\n${smallRecipe({ optimizer: "adamw(learning_rate: constant(rate))" })}`;
  const [first] = keysOf(text);
  expect(keysOf(text, { rate: "0.01" })[0]).toBe(first);
  expect(keysOf(text, { rate: "0.02" })[0]).not.toBe(first);
});

test("a stage that reads another changes with it, and only then", () => {
  const after = 'stage release = export(base, to: "out")';
  const [base, release] = keysOf(smallRecipe({ after }));
  const elsewhere = keysOf(smallRecipe({ after: after.replace("out", "other") }));
  expect(elsewhere[0]).toBe(base);
  expect(elsewhere[1]).not.toBe(release);
  const changed = keysOf(smallRecipe({ after, settings: "seed: 1" }));
  expect(changed[1]).not.toBe(release);
});
