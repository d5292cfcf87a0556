import { expect, test } from "vitest";
import { tracedLogits } from "../../compiler/elaborate/programs/decode.ts";
import { initialValues } from "../../compiler/elaborate/programs/initialise.ts";
import { matchesSelector } from "../../compiler/elaborate/selector.ts";
import { interpret, makeStep, optimise } from "../../compiler/graph/index.ts";
import { elaborated, onlyStage } from "./recipes.ts";
import { smallRecipe } from "./small-recipe.ts";

/** A model over `width` whose hidden values are computed by `hidden` from `x`. */
function model(members: string, hidden: string): string {
  return `use std/layers { Linear, RMSNorm }
model Tanh(from: Dim, to: Dim) {
  inner = Linear(from: from, to: to)

  fn (x: Real[..at, from]) -> Real[..at, to] { tanh(inner(x)) }
}
model Small(vocab: Dim, width: Dim) {
  embed = param[vocab -> width] ~ normal(0.5)
  ${members}

  fn hidden(tokens: Tokens[batch, time]) -> Real[batch, time, width] {
    let x = embed[vocab: tokens.id]
    ${hidden}
  }

  fn logits(tokens: Tokens[batch, time]) -> Real[batch, time, vocab] {
    dot(hidden(tokens), embed, over: width)
  }
}`;
}

const ids = [3, 1, 4, 1, 5, 9];

/** Logits of six tokens, with the names of the parameters that they depend on. */
function logitsOf(
  members: string,
  hidden: string,
): {
  readonly values: readonly number[];
  readonly parameters: readonly string[];
} {
  const text = smallRecipe({ uses: model(members, hidden), model: "Small(vocab: 48, width: 4)" });
  const recipe = elaborated(text);
  expect(recipe.diagnostics).toEqual([]);
  const stage = onlyStage(recipe);
  const { world } = recipe;
  const { builder } = world;
  const time = builder.axis("time", ids.length);
  const traced = tracedLogits(world, stage, builder.axis("batch", 1), time);
  if (traced === undefined) throw new Error(world.diagnostics.map((one) => one.message).join("; "));
  const outputs = [{ name: "logits", node: traced.logits }];
  const step = optimise(builder, makeStep(builder, "logits", outputs, []));
  const states = Object.fromEntries(
    initialValues(world, stage, 0).map(({ name, values }) => [name, values]),
  );
  const made = interpret(step, { ...states, "tokens.id": ids });
  return {
    values: [...(made.outputs["logits"]?.values ?? [])],
    parameters: stage.plan.model.parameters.map(
      ({ path, axes }) => `${path}[${axes.map(({ name, size }) => `${name} ${size}`).join(", ")}]`,
    ),
  };
}

function expectEqual(left: readonly number[], right: readonly number[]): void {
  expect(left.length).toBe(right.length);
  for (const [index, value] of left.entries()) expect(right[index]).toBeCloseTo(value, 12);
}

test("a dimension given twice is fresh inside and the caller's own outside", () => {
  const { parameters } = logitsOf("mix = Linear(from: width, to: width)", "x + mix(x)");
  expect(parameters).toEqual([
    "embed[vocab 48, width 4]",
    "mix.weight[width 4, to 4]",
    "mix.offset[to 4]",
  ]);
});

test("repeated modules are their entries, one after another", () => {
  const blocks = "blocks = 3 * Tanh(from: width, to: width)";
  const threaded = logitsOf(blocks, "x |> blocks");
  expect(threaded.parameters).toContain("blocks.inner.weight[layer 3, width 4, to 4]");
  const folded = logitsOf(blocks, "fold s = x for block in blocks { block(s) }");
  expectEqual(threaded.values, folded.values);
  const indexed = logitsOf(blocks, "blocks[2](blocks[1](blocks[0](x)))");
  expectEqual(threaded.values, indexed.values);
  const zipped = logitsOf(
    blocks,
    "fold s = x for (block, scale) in zip(blocks, [1, 1, 1]) { scale * block(s) }",
  );
  expectEqual(threaded.values, zipped.values);
});

test("a module used twice is shared", () => {
  const { parameters } = logitsOf("mix = Tanh(from: width, to: width)", "mix(mix(x))");
  expect(parameters).toHaveLength(3);
});

test("parameters made for each entry of a dimension have the dimension", () => {
  const { parameters, values } = logitsOf(
    "dim experts = 3\n  expert = each experts { Linear(from: width, to: width, bias: false) }",
    "mean(expert(x), over: experts)",
  );
  expect(parameters).toContain("expert.weight[experts 3, width 4, to 4]");
  expect(values.every(Number.isFinite)).toBe(true);
});

test("modules in records and lists have paths", () => {
  const { parameters } = logitsOf(
    "scales = { a: param[width] ~ ones, b: RMSNorm(width) }\n  parts = for n in 0..2 { Tanh(from: width, to: width) }",
    "scales.b(x * scales.a) |> parts[0] |> parts[1]",
  );
  expect(parameters.map((path) => path.replace(/\[\w+ \d.*/, ""))).toEqual([
    "embed",
    "scales.a",
    "scales.b.scale",
    "parts[0].inner.weight",
    "parts[0].inner.offset",
    "parts[1].inner.weight",
    "parts[1].inner.offset",
  ]);
});

test("initial values are keyed by seed, path and entry", () => {
  const text = smallRecipe();
  const values = (seed: number) => {
    const recipe = elaborated(text);
    return new Map(
      initialValues(recipe.world, onlyStage(recipe), seed).map((one) => [one.name, one.values]),
    );
  };
  const first = values(0);
  expect(values(0)).toEqual(first);
  const embed = first.get("parameter:embed") ?? new Float64Array();
  expect(values(1).get("parameter:embed")).not.toEqual(embed);
  const deviation = Math.sqrt(embed.reduce((sum, value) => sum + value ** 2, 0) / embed.length);
  expect(deviation / 0.02).toBeGreaterThan(0.9);
  expect(deviation / 0.02).toBeLessThan(1.1);
  const query = first.get("parameter:blocks.attention.query.weight") ?? new Float64Array();
  const half = query.length / 2;
  expect(query.subarray(0, half)).not.toEqual(query.subarray(half));
  expect(first.get("optimizer:embed:first")).toEqual(new Float64Array(embed.length));
});

const beside = `model Beside(vocab: Dim, width: Dim, extra: Dim = 3) {
  embed = param[vocab -> width] ~ normal(0.5)
  head  = param[width] ~ ones

  fn both(tokens: Tokens[batch, time]) -> { hidden: Real[batch, time, width], score: Real[batch, time] } {
    let x = embed[vocab: tokens.id]
    { hidden: x, score: dot(x, head, over: width) }
  }
}
let beside = Beside(vocab: 48, width: 4)`;

test.each([
  ['independent(beside.both.hidden, of: "head")', []],
  ['independent(beside.both.hidden, of: ["*"])', ["LV0801"]],
  ['independent(beside.both.score, of: "head")', ["LV0801"]],
  ['independent(beside.both, of: "**")', ["LV0801"]],
  ['independent(beside.both.hidden, of: "heads.*")', ["LV0816"]],
])("ensure %s", (promise, codes) => {
  const { diagnostics } = elaborated(smallRecipe({ after: `${beside}\nensure ${promise}` }));
  expect(diagnostics.map((one) => one.code)).toEqual(codes);
});

test.each([
  ["blocks.**.weight", "blocks.attention.query.weight", true],
  ["blocks.**", "blocks.before.scale", true],
  ["**.scale", "norm.scale", true],
  ["blocks.*.weight", "blocks.attention.query.weight", false],
  ["parts.inner.*", "parts[1].inner.weight", true],
  ["parts[0].**", "parts[1].inner.weight", false],
  ["embed", "embedding", false],
])("the selector %s and the path %s", (selector, path, expected) => {
  expect(matchesSelector(selector, path)).toBe(expected);
});
