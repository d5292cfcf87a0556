import { resolve } from "node:path";
import { expect, test } from "vitest";
import { checkSource } from "../../../cli/check-recipe.ts";
import { lookup } from "../../../compiler/check/index.ts";
import type { TypedProgram } from "../../../compiler/check/program.ts";
import type { CallNode, Expression, Item, Setting, Span } from "../../../grammar/tree.ts";
import { type AnyNode, visit } from "../../../grammar/visit.ts";
import { invariant } from "../../../program/invariant.ts";
import { recipeText } from "../../elaborate/recipes.ts";

const text = `${recipeText("quickstart.recipe")}
stage other = train(tiny, seed: 7) {
  data:      plays.train |> tokenize(words) |> chunks(128 tokens)
  objective: next_token
  optimizer: sgd(learning_rate: constant(0.1))
  batch:     4 sequences
  duration:  10 steps
}
fn doubled(policy: LanguageModel, tokens: Tokens[batch, time]) -> Loss { 2 * next_token(policy, tokens) }
fn halved(policy: LanguageModel, tokens: Tokens[batch, time]) -> Real[batch, time] { token_logprobs(policy, tokens) / 2 }
fn likeliest(logits: Real[batch, vocab], chance: Real[batch], temperature: Real) -> Int[batch] { argmax(logits * (chance + temperature), over: vocab) }
`
  .replace("{ adamw, cosine }", "{ adamw, cosine, sgd, constant }")
  .replace("{ next_token }", "{ next_token, token_logprobs }");

/** Another value for each setting of everything that the quickstart calls. */
const others: Readonly<Record<string, string>> = {
  "text.path": '"starter.recipe"',
  "split.data": 'text("data/shakespeare.txt") |> take(9000)',
  "split.held_out": "6%",
  "byte_pair.data": "plays.held_out",
  "byte_pair.size": "1000",
  "shuffle.data": "plays.train |> tokenize(words) |> chunks(64 tokens)",
  "shuffle.seed": "4",
  "tokenize.data": 'text("data/shakespeare.txt")',
  "tokenize.tokenizer": "tokenizer.bpe(plays.train, size: 1000)",
  "chunks.data": "plays.train |> take(9000) |> tokenize(words)",
  "chunks.length": "64 tokens",
  "Qwen2.vocab": "1040",
  "Qwen2.width": "64",
  "Qwen2.depth": "5",
  "Qwen2.kv_heads": "1",
  "Qwen2.group": "4",
  "Qwen2.head": "16",
  "Qwen2.ffn": "256",
  "Qwen2.theta": "1e4",
  "Qwen2.epsilon": "1e-5",
  "Qwen2.tied": "false",
  "train.model":
    "Qwen2(vocab: words.size, width: 128, depth: 2, kv_heads: 2, group: 2, head: 32, ffn: 384)",
  "train.data": "plays.held_out |> tokenize(words) |> chunks(128 tokens)",
  "train.objective": "doubled",
  "train.optimizer": "sgd(learning_rate: constant(0.1))",
  "train.batch": "8 sequences",
  "train.duration": "700 steps",
  "train.micro_batch": "4 sequences",
  "train.clip": "2.0",
  "train.seed": "1",
  "train.checkpoint": "60 steps",
  "train.recompute": "true",
  "adamw.learning_rate": "constant(1e-3)",
  "adamw.weight_decay": "0.2",
  "adamw.beta1": "0.8",
  "adamw.beta2": "0.99",
  "adamw.epsilon": "1e-6",
  "cosine.peak": "2e-3",
  "cosine.floor": "1e-4",
  "cosine.warmup": "10%",
  "bits_per_byte.data": "plays.train |> tokenize(words) |> chunks(128 tokens)",
  "bits_per_byte.against": '["unigram"]',
  "bits_per_byte.logprobs": "halved",
  "every.interval": "60 steps",
  "Every.metrics": "none",
  "Every.sample": "none",
  "Prompted.prompt": '"JULIET:"',
  "Prompted.max_tokens": "70",
  "Prompted.temperature": "0.5",
  "Prompted.seed": "3",
  "Prompted.sampler": "likeliest",
  "export.model": "other",
  "export.to": '"out/elsewhere"',
};

/** A place of the recipe where a setting has a value, or could be given one. */
interface Place {
  /** `train.seed`. */
  readonly name: string;
  /** Its value, or the empty place where it can be written. */
  readonly at: Span;
  /** What stands around a value that is written there. */
  readonly around: readonly [string, string];
}

const path = resolve("recipes/quickstart.recipe");

async function keysOf(changed: string): Promise<ReadonlyMap<string, string>> {
  const { checked, diagnostics } = await checkSource({ ok: true, path, text: changed }, {});
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  const stages = checked?.plan?.stages ?? [];
  return new Map(stages.map(({ address, keyMaterial }) => [address, keyMaterial]));
}

const { checked } = await checkSource({ ok: true, path, text }, {});
invariant(checked !== undefined, "the quickstart can be read");
const places = placesOf(checked.typed);
const before = await keysOf(text);

test("each setting of what the quickstart calls has another value here, and no other has", () => {
  expect([...new Set(places.map(({ name }) => name))].sort()).toEqual(Object.keys(others).sort());
});

test.each(places)("$name changes a key", async ({ name, at, around }) => {
  const [left, right] = around;
  const other = others[name] ?? "";
  const after = await keysOf(
    `${text.slice(0, at.start)}${left}${other}${right}${text.slice(at.end)}`,
  );
  const changed = [...after].filter(([stage, key]) => before.get(stage) !== key);
  expect(changed.map(([stage]) => stage)).not.toEqual([]);
});

/** All settings of all calls of the quickstart itself, as the signatures of the library have them. */
function placesOf(program: TypedProgram): readonly Place[] {
  const tree = program.modules.get(program.entry)?.tree;
  invariant(tree !== undefined, "the recipe is a module of its own");
  const found: Place[] = [];
  const piped = new Map<Expression, Expression>();
  const end = text.indexOf("stage other");
  for (const item of tree.items) {
    if (item.span.start >= end) continue;
    visit(item, (node: AnyNode) => {
      const expression = node as Expression | Setting;
      if (expression.kind === "binary" && expression.operator === "|>") {
        piped.set(expression.right, expression.left);
      }
      if (expression.kind === "call") found.push(...ofCall(program, expression, piped));
      if (expression.kind === "every") found.push(...ofEvery(program, expression));
    });
  }
  return found;
}

function ofCall(
  program: TypedProgram,
  call: CallNode,
  piped: ReadonlyMap<Expression, Expression>,
): readonly Place[] {
  const item = calleeOf(program, call);
  const first = piped.get(call);
  const positional = [
    ...(first === undefined ? [] : [first]),
    ...call.arguments.flatMap(({ name, value }) => (name === undefined ? [value] : [])),
  ];
  const named = new Map(
    [...call.arguments, ...call.settings].flatMap((part) =>
      (part.kind === "argument" || part.kind === "setting") && part.name !== undefined
        ? [[part.name.text, part.value] as const]
        : [],
    ),
  );
  return (item.parameters ?? []).flatMap(({ name }, index): readonly Place[] => {
    const full = `${item.name?.text}.${name.text}`;
    // The list of `every` is written as blocks.
    if (full === "train.every") return [];
    const given = named.get(name.text) ?? positional[index];
    return [place(full, name.text, given, call.span, call.braces ? "\n  " : ", ")];
  });
}

function ofEvery(
  program: TypedProgram,
  every: Extract<Setting, { kind: "every" }>,
): readonly Place[] {
  const settings = every.settings.flatMap((part) => (part.kind === "setting" ? [part] : []));
  const sample = settings.find(({ name }) => name.text === "sample")?.value;
  invariant(sample?.kind === "record", "the quickstart samples");
  const fields = new Map(
    sample.fields.flatMap((field) =>
      field.kind === "record-field" ? [[field.name.text, field.value] as const] : [],
    ),
  );
  return [
    { name: "every.interval", at: every.interval.span, around: ["", ""] },
    ...fieldsOf(program, "Every").map((name) => {
      const given = settings.find((setting) => setting.name.text === name)?.value;
      return place(`Every.${name}`, name, given, every.span, "\n    ");
    }),
    ...fieldsOf(program, "Prompted").map((name) =>
      place(`Prompted.${name}`, name, fields.get(name), sample.span, ", "),
    ),
  ];
}

/** Where a value stands, or the place before the bracket that closes what it belongs in. */
function place(
  name: string,
  word: string,
  given: Expression | undefined,
  inside: Span,
  before_: string,
): Place {
  if (given !== undefined) return { name, at: given.span, around: ["", ""] };
  const at = { start: inside.end - 1, end: inside.end - 1 };
  return { name, at, around: [`${before_}${word}: `, before_.startsWith("\n") ? "\n" : ""] };
}

function calleeOf(
  program: TypedProgram,
  call: CallNode,
): Extract<Item, { kind: "function" | "model" }> {
  const { callee } = call;
  // `tokenizer.bpe` is the only function that is reached through a record.
  const name = callee.kind === "reference" ? callee.name : "byte_pair";
  const item = lookup(program, program.entry, name)?.item;
  invariant(item?.kind === "function" || item?.kind === "model", `${name} is declared`);
  return item;
}

function fieldsOf(program: TypedProgram, record: string): readonly string[] {
  const item = lookup(program, program.entry, record)?.item;
  invariant(item?.kind === "record", `${record} is a record`);
  return item.type.fields.map(({ name }) => name.text);
}
