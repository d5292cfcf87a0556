import { define } from "../define.ts";

/** Stages, data and contracts; codes LV0701 to LV0749. */

const TRAINED = `use std/objectives { next_token }

model Bigram(vocab: Dim, width: Dim) {
  embed = param[vocab -> width] ~ normal(0.02)
  fn hidden(tokens: Tokens[batch, time]) -> Real[batch, time, width] { embed[vocab: tokens.id] }
  fn logits(tokens: Tokens[batch, time]) -> Real[batch, time, vocab] { dot(hidden(tokens), embed, over: width) }
}
let descent = Optimizer {
  start: |value| {}
  step: |value, gradient, state, now, path| { value: value - 0.1 * gradient, state: state }
}

data plays = text("data/shakespeare.txt")
let words = tokenizer.bpe(plays, size: 512)
let tiny = Bigram(vocab: words.size, width: 32)
stage base = train(tiny) {
  data: plays |> tokenize(words) |> chunks(32 tokens)
  objective: next_token
  optimizer: descent
  batch: 2 sequences
  duration: 2 steps
}
`;

export const unknownStageKind = define<{ name: string; suggestion: string | undefined }>({
  code: "LV0701",
  severity: "error",
  title: "stage kind does not exist",
  message: ({ name }) => `expected a stage, found \`${name}\`, which is not declared`,
  help: ({ suggestion }) =>
    suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`,
  explain: {
    why: "What a stage can do is declared in the prelude: `train`, `export` and their like.",
    wrong: `${TRAINED}stage release = exprot(base, to: "out")\n`,
    right: `${TRAINED}stage release = export(base, to: "out")\n`,
  },
});

export const notAStage = define<{ name: string; found: string }>({
  code: "LV0702",
  severity: "error",
  title: "value is not a stage",
  message: ({ name, found }) => `expected a stage for \`${name}\`, found ${found}`,
  help: ({ name }) => `write \`let ${name} = …\` for a value that is not computed by a stage`,
  explain: {
    why: "`stage` names something that is computed when the recipe runs.",
    wrong: "stage width = 64\n",
    right: "let width = 64\n",
  },
});

export const unnamedStage = define<{ kind: string }>({
  code: "LV0703",
  severity: "error",
  title: "stage has no name",
  message: ({ kind }) =>
    `expected \`stage NAME =\` before \`${kind}(…)\`, found a stage without a name`,
  help: () => "a stage has an address, a key and a folder: give it a name",
  explain: {
    why: "A stage may stand only where its value reaches a `stage NAME = …`.",
    wrong: TRAINED.replace("stage base", "let base"),
    right: TRAINED,
  },
});

export const notData = define<{ name: string; found: string }>({
  code: "LV0704",
  severity: "error",
  title: "value is not data",
  message: ({ name, found }) => `expected data for \`${name}\`, found ${found}`,
  help: ({ name }) => `write \`let ${name} = …\` for a value that is not data`,
  explain: {
    why: "`data` names rows, or a list or a record of such.",
    wrong: "data width = 64\n",
    right: 'data plays = text("data/shakespeare.txt")\n',
  },
});

export const objectiveData = define<{
  objective: string;
  expected: string;
  found: string;
  text: boolean;
}>({
  code: "LV0705",
  severity: "error",
  title: "objective reads other rows",
  message: ({ objective, expected, found }) =>
    `\`${objective}\` reads rows of ${expected}, but the data has rows of ${found}`,
  help: ({ text }) =>
    text ? "tokenize this first: `|> tokenize(…) |> chunks(… tokens)`" : undefined,
  explain: {
    why: "An objective's data is known by its record: rows hold text, objectives hold tokens, and a data function stands between.",
    wrong: TRAINED.replace("plays |> tokenize(words) |> chunks(32 tokens)", "plays"),
    right: TRAINED,
  },
});

export const notAnObjective = define<{ objective: string; found: string }>({
  code: "LV0706",
  severity: "error",
  title: "function is not an objective",
  message: ({ objective, found }) =>
    `expected an objective, a function of a model and rows that gives a Loss, found \`${objective}\`: ${found}`,
  explain: {
    why: "What training minimises is a `Loss`, made by `loss(…)`.",
    wrong: `fn flat(policy: LanguageModel, tokens: Tokens[batch, time]) -> Real { 1 }\n${TRAINED.replace("objective: next_token", "objective: flat")}`,
    right: TRAINED,
  },
});

export const missingFile = define<{ path: string; resolved: string }>({
  code: "LV0707",
  severity: "error",
  title: "file does not exist",
  message: ({ path }) => `found no file \`${path}\``,
  help: ({ resolved, path }) =>
    resolved === path
      ? "paths are relative to the recipe"
      : `it was looked for as \`${resolved}\`: paths are relative to the recipe`,
  explain: {
    why: "Files are looked at before anything runs.",
    wrong: 'data plays = text("data/shakespear.txt")\n',
    right: 'data plays = text("data/shakespeare.txt")\n',
  },
});

export const emptyFile = define<{ path: string }>({
  code: "LV0708",
  severity: "error",
  title: "file is empty",
  message: ({ path }) => `expected text in \`${path}\`, found an empty file`,
  explain: {
    why: "There is nothing to learn from an empty file.",
    wrong: 'data plays = text("data/empty.txt")\n',
    right: 'data plays = text("data/shakespeare.txt")\n',
  },
});

export const invalidText = define<{ path: string; byte: number }>({
  code: "LV0709",
  severity: "error",
  title: "file is not UTF-8",
  message: ({ path, byte }) =>
    `expected UTF-8 text in \`${path}\`, found the byte 0x${byte.toString(16).padStart(2, "0")}`,
  help: () => "convert the file to UTF-8",
  explain: {
    why: "Text is UTF-8 everywhere; bytes that are not would be learnt as something else.",
    wrong: 'data plays = text("data/latin1.txt")\n',
    right: 'data plays = text("data/shakespeare.txt")\n',
  },
});

export const notACondition = define<{ found: string }>({
  code: "LV0710",
  severity: "error",
  title: "contract is not a condition",
  message: ({ found }) => `expected a condition after \`ensure\`, found ${found}`,
  help: () => "compare it: `ensure parameters(model) < 500M`",
  explain: {
    why: "`ensure` states what must hold before any stage runs.",
    wrong: "use std/layers { RMSNorm }\nlet norm = RMSNorm(width: 64)\nensure parameters(norm)\n",
    right:
      "use std/layers { RMSNorm }\nlet norm = RMSNorm(width: 64)\nensure parameters(norm) < 1M\n",
  },
});

export const notTrained = define<{ what: string | undefined; found: string }>({
  code: "LV0711",
  severity: "error",
  title: "model has no weights yet",
  message: ({ what, found }) =>
    `expected a checkpoint${what === undefined ? "" : ` for ${what}`}, found ${found}, which no stage has trained`,
  help: () => "name the stage that trains it",
  explain: {
    why: "A checkpoint is a model whose weights are known: the result of a stage.",
    wrong: `${TRAINED}stage release = export(tiny, to: "out")\n`,
    right: `${TRAINED}stage release = export(base, to: "out")\n`,
  },
});
