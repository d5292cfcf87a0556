import { expect, test } from "vitest";
import { buildStep } from "../../compiler/elaborate/build-step.ts";
import { samplingFindings } from "../../compiler/elaborate/trace.ts";
import { checked, elaborated, onlyStage } from "./recipes.ts";

/** A model with one mixing step, sampled while it trains. */
function recipeText(mixing: string): string {
  return `use std/objectives { next_token }
use std/optimizers { sgd, constant }
data lines = text("lines.txt")
let words = tokenizer.bpe(lines, size: 300)
model Small(vocab: Dim, width: Dim) {
  embed = param[vocab -> width] ~ normal(0.02)

  fn hidden(tokens: Tokens[batch, time]) -> Real[batch, time, width] {
    let q    = embed[vocab: tokens.id]
    let k    = rename(q, time: source)
    let past = index(source) <= index(time)
    ${mixing}
  }

  fn logits(tokens: Tokens[batch, time]) -> Real[batch, time, vocab] {
    dot(hidden(tokens), embed, over: width)
  }
}
stage base = train(Small(vocab: 300, width: 8)) {
  data:      lines |> tokenize(words) |> chunks(16 tokens)
  objective: next_token
  optimizer: sgd(learning_rate: constant(0.1))
  batch:     2 sequences
  duration:  2 steps
  every 1 steps { sample: { prompt: "A" } }
}
`;
}

/** The counter-examples of the notes on causality: each a leak, with the operation that makes it. */
const leaking: Readonly<Record<string, { readonly mixing: string; readonly at: string }>> = {
  "no mask at all": {
    mixing: "dot(softmax(dot(q, k, over: width), over: source), k, over: source)",
    at: "softmax(dot(q, k, over: width), over: source)",
  },
  "zeroed scores before the softmax": {
    mixing:
      "let mix = dot(q, k, over: width) * to_real(past) |> softmax(over: source)\n    dot(mix, k, over: source)",
    at: "softmax(over: source)",
  },
  "a constant added after the softmax": {
    mixing:
      "let mix = (dot(q, k, over: width) |> mask(past) |> softmax(over: source)) + 0.01\n    dot(mix, k, over: source)",
    at: "dot(mix, k, over: source)",
  },
  "one minus the weights": {
    mixing:
      "let mix = 1 - (dot(q, k, over: width) |> mask(past) |> softmax(over: source))\n    dot(mix, k, over: source)",
    at: "dot(mix, k, over: source)",
  },
  "masked scores negated": {
    mixing:
      "let mix = -mask(dot(q, k, over: width), past) |> softmax(over: source)\n    dot(mix, k, over: source)",
    at: "softmax(over: source)",
  },
  "masked scores squared": {
    mixing:
      "let mix = mask(dot(q, k, over: width), past) ^ 2 |> softmax(over: source)\n    dot(mix, k, over: source)",
    at: "softmax(over: source)",
  },
  "a mean over a copy of time": {
    mixing: "let mix = select(past, dot(q, k, over: width), 0)\n    q * mean(mix, over: source)",
    at: "mean(mix, over: source)",
  },
  "scores scaled by the length": {
    mixing:
      "let mix = dot(q, k, over: width) * log(size(time)) |> mask(past) |> softmax(over: source)\n    dot(mix, k, over: source)",
    at: "size(time)",
  },
  "the mask the wrong way round": {
    mixing:
      "let mix = dot(q, k, over: width) |> mask(index(time) <= index(source)) |> softmax(over: source)\n    dot(mix, k, over: source)",
    at: "softmax(over: source)",
  },
  "a reduction over rows": {
    mixing: "q + mean(q, over: batch)",
    at: "mean(q, over: batch)",
  },
  "a shift from later to earlier": { mixing: "q + shift(q, time: -1)", at: "shift(q, time: -1)" },
  "a running sum from the end": {
    mixing: "q + cumulative(q, over: time, reverse: true)",
    at: "cumulative(q, over: time, reverse: true)",
  },
  "a sum over all times": { mixing: "q + sum(q, over: time)", at: "sum(q, over: time)" },
  "a copy of a copy": {
    mixing:
      "let s = dot(q, k, over: width)\n    let t = rename(s, source: other)\n    q * sum(t, over: other)",
    at: "rename(s, source: other)",
  },
  "what is to be learnt": { mixing: "q * tokens.weight", at: "" },
};

test.each(Object.entries(leaking))("%s is refused", (_, { mixing, at }) => {
  const text = recipeText(mixing);
  const { diagnostics } = checked(text);
  expect(diagnostics.map((one) => `${one.code} ${one.message}`)).toEqual([
    expect.stringMatching(/^LV0807 expected a model whose logits depend on the past only, found/),
  ]);
  const [only] = diagnostics;
  const { range } = only?.place ?? {};
  if (at !== "") expect(range && text.slice(range.start, range.end)).toContain(at);
  expect(only?.help).toContain("index(source) <= index(time)");
});

const allowed: Readonly<Record<string, string>> = {
  "a masked softmax":
    "let mix = dot(q, k, over: width) |> mask(past) |> softmax(over: source)\n    dot(mix, k, over: source)",
  "a strict mask, mirrored":
    "let mix = dot(q, k, over: width) |> mask(index(time) > index(source)) |> softmax(over: source)\n    dot(mix, k, over: source)",
  "a shift to the past": "q + shift(q, time: 2)",
  "a running sum": "q + cumulative(q, over: time)",
  "masked sums":
    "let mix = select(past, dot(q, k, over: width), 0)\n    q * sum(mix, over: source)",
  "a window":
    "let near = past and index(time) - index(source) < 4\n    let mix = dot(q, k, over: width) |> mask(near) |> softmax(over: source)\n    dot(mix, k, over: source)",
};

test.each(Object.entries(allowed))("%s is accepted", (_, mixing) => {
  expect(checked(recipeText(mixing)).diagnostics).toEqual([]);
});

test("a leaking model that is never sampled may be trained", () => {
  const text = recipeText("q + shift(q, time: -1)").replace(/every 1 steps .*\n/, "\n");
  expect(checked(text).diagnostics).toEqual([]);
});

test("no decoder is made of a leaking model", () => {
  const recipe = elaborated(recipeText("q + shift(q, time: -1)"));
  const findings = samplingFindings(recipe, onlyStage(recipe));
  expect(findings.map((one) => one.code)).toEqual(["LV0807"]);
  const request = { kind: "decode", stage: "base", function: "sample" } as const;
  const { step, diagnostics } = buildStep(recipe, { ...request, rows: 1, chunk: 4, capacity: 16 });
  expect(step).toBeUndefined();
  expect(diagnostics.map((one) => one.code)).toEqual(["LV0807"]);
});
