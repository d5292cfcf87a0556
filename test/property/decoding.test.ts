import { expect, test } from "vitest";
import type { Program } from "../../compiler/check/program.ts";
import { buildStep } from "../../compiler/elaborate/build-step.ts";
import { elaborate } from "../../compiler/elaborate/elaborate.ts";
import { tracedLogits } from "../../compiler/elaborate/programs/decode.ts";
import { interpret, makeStep, optimise } from "../../compiler/graph/index.ts";
import type { Step } from "../../compiler/graph/step.ts";
import { axesAttribute } from "../../compiler/operations/attributes.ts";
import { uniforms } from "../../program/random.ts";
import { elaborated, onlyStage } from "../elaborate/recipes.ts";
import { small, smallRecipe } from "../elaborate/small-recipe.ts";
import { statesOf, type Values } from "./interpreted.ts";
import { rowsOfTokens } from "./tokens.ts";

const vocabulary = 48;
const capacity = 32;

const models: Readonly<Record<string, { readonly uses: string; readonly model: string }>> = {
  Qwen2: { uses: "", model: small() },
  Llama: { uses: "", model: small({ depth: 1 }, "Llama") },
  "one with running sums and shifts": {
    uses: `use std/layers { Linear }
model Shifted(vocab: Dim, width: Dim) {
  embed = param[vocab -> width] ~ normal(0.5)
  mix   = Linear(from: width, to: width)

  fn hidden(tokens: Tokens[batch, time]) -> Real[batch, time, width] {
    let x    = embed[vocab: tokens.id]
    let past = cumulative(x, over: time) / (1 + index(time))
    x + tanh(mix(past)) + 0.5 * shift(x, time: 2)
  }

  fn logits(tokens: Tokens[batch, time]) -> Real[batch, time, vocab] {
    dot(hidden(tokens), embed, over: width)
  }
}`,
    model: "Shifted(vocab: 48, width: 6)",
  },
};

function cachesOf(step: Step): Values {
  const caches: Values = {};
  for (const { name, role, node } of step.inputs) {
    if (role !== "state" || !name.startsWith("cache:")) continue;
    const size = axesAttribute(node.attributes, "axes").reduce((n, axis) => n * axis.size, 1);
    caches[name] = new Float64Array(size);
  }
  return caches;
}

test.each(Object.entries(models))(
  "%s: cached tokens are those of full recomputation",
  (key, parts) => {
    const recipe = elaborated(smallRecipe(parts));
    expect(recipe.diagnostics).toEqual([]);
    const states = statesOf(recipe, 5);
    const lengths = [11, 7];
    const ids = lengths.map((length, row) =>
      [...uniforms(row, key, length)].map((number) => Math.floor(number * vocabulary)),
    );
    const request = {
      kind: "decode",
      stage: "base",
      function: "sample",
      rows: 2,
      capacity,
    } as const;
    const programs = new Map(
      [5, 1].map((chunk) => {
        const { step, diagnostics } = buildStep(recipe, { ...request, chunk });
        if (step === undefined) throw new Error(diagnostics.map((one) => one.message).join("; "));
        return [chunk, step] as const;
      }),
    );

    const full = fullDecoder(recipe.program);
    const chances = uniforms(9, "chance", 64);
    const texts = ids.map((row) => [...row]);
    let caches: Values = Object.assign({}, ...[...programs.values()].map(cachesOf));
    const done = [0, 0];
    for (let round = 0; round < 12; round += 1) {
      // Rows are read at their own pace: what is left of a prompt by fives, then token by token.
      const waiting = texts.map((row, at) => row.length - (done[at] ?? 0));
      const chunk = Math.max(...waiting) > 1 ? 5 : 1;
      const given = texts.map((row, at) => row.slice(done[at] ?? 0, (done[at] ?? 0) + chunk));
      const step = programs.get(chunk);
      if (step === undefined) throw new Error("no program");
      const temperature = round % 2 === 0 ? 0 : 0.9;
      const chance = [chances[2 * round] ?? 0, chances[2 * round + 1] ?? 0];
      const data = rowsOfTokens(given, done, chunk);
      const made = interpret(
        step,
        { ...states, ...caches, ...data, chance },
        { scalars: { temperature } },
      );
      caches = { ...caches, ...made.next };
      for (const at of [0, 1]) {
        done[at] = (done[at] ?? 0) + (given[at]?.length ?? 0);
        const row = texts[at] ?? [];
        if (done[at] !== row.length) continue;
        const token = made.outputs["token"]?.values[at];
        expect(token, `row ${at}, round ${round}`).toBe(
          full(states, row, chance[at] ?? 0, temperature),
        );
        row.push(token ?? 0);
      }
    }
    expect(done[0]).toBeGreaterThan(lengths[0] ?? 0);
  },
);

/** The next token from the logits of the whole row, without any cache. */
function fullDecoder(
  program: Program,
): (states: Values, row: readonly number[], chance: number, temperature: number) => number {
  return (states, row, chance, temperature) => {
    const recipe = elaborate(program);
    const { world } = recipe;
    const { builder } = world;
    const time = builder.axis("time", row.length);
    const traced = tracedLogits(world, onlyStage(recipe), builder.axis("batch", 1), time);
    if (traced === undefined) throw new Error("no logits");
    const last = builder.apply("take", [traced.logits], { axis: time, at: row.length - 1 });
    const step = optimise(builder, makeStep(builder, "full", [{ name: "logits", node: last }], []));
    const made = interpret(step, { ...states, ...rowsOfTokens([row], [0], row.length) });
    const logits = [...(made.outputs["logits"]?.values ?? [])];
    const likeliest = logits.indexOf(Math.max(...logits));
    if (temperature === 0) return likeliest;
    const exponents = logits.map((logit) => Math.exp((logit - Math.max(...logits)) / temperature));
    const sum = exponents.reduce((a, b) => a + b, 0);
    let below = 0;
    for (const [id, exponent] of exponents.entries()) {
      below += exponent / sum;
      if (below > chance) return id;
    }
    return vocabulary - 1;
  };
}
