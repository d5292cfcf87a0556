import type { ScalarExpression } from "../../program/scalar-expression.ts";
import type { ExportPlan, RecipePlan, TrainPlan } from "../../program/stage-plan.ts";
import { bytePair, chunks, shuffle, split, text, tokenize } from "../data/memory.ts";
import { tableModel } from "./table-compiler.ts";

export const vocabulary = 300;

const place = { file: "table.recipe", range: { start: 0, end: 4 } };

/** 0.9 · steps left / steps. */
export const learningRate: ScalarExpression = {
  kind: "call",
  function: "multiply",
  arguments: [
    { kind: "number", value: 40 },
    {
      kind: "call",
      function: "subtract",
      arguments: [
        { kind: "number", value: 1 },
        {
          kind: "call",
          function: "divide",
          arguments: [
            { kind: "variable", name: "step" },
            { kind: "variable", name: "length" },
          ],
        },
      ],
    },
  ],
};

/** A recipe with a training stage and its export, as elaboration would give it. */
export function tableRecipe(file: string, to: string, change: Partial<TrainPlan> = {}): RecipePlan {
  const plays = text(file);
  const words = bytePair(split(plays, 0.1, "train"), vocabulary);
  const rows = (part: "train" | "held_out") => tokenize(split(plays, 0.1, part), words);
  const model = tableModel(vocabulary);
  const base: TrainPlan = {
    kind: "train",
    address: "base",
    keyMaterial: JSON.stringify(change),
    place,
    reads: [],
    model,
    data: shuffle(chunks(rows("train"), 16), 5),
    tokenizer: words,
    batchRows: 8,
    microBatchRows: 4,
    rowTokens: 16,
    duration: { unit: "steps", amount: 30 },
    clip: undefined,
    seed: 1,
    checkpointEvery: 7,
    every: [
      {
        interval: { unit: "steps", amount: 10 },
        metrics: [
          {
            metric: "bits_per_byte",
            data: chunks(rows("held_out"), 16),
            settings: { against: ["unigram", "bigram"] },
            function: "bits_per_byte",
            place,
          },
        ],
        samples: [
          { prompt: "The ", maxTokens: 20, temperature: 0.8, seed: 3, function: "draw", place },
        ],
      },
    ],
    learningRate,
    objective: "next_token",
    ...change,
  };
  const release: ExportPlan = {
    kind: "export",
    address: "release",
    keyMaterial: `${base.keyMaterial} ${to}`,
    place,
    reads: ["base"],
    from: "base",
    to,
    layout: model.layout ?? { format: "", architecture: "", config: {}, tensors: [] },
  };
  return {
    stages: [base, release],
    contracts: [],
    sources: { "/table.recipe": "// a table\n", "std/prelude": "// the library\n" },
    inputs: { duration: "30 steps" },
  };
}
