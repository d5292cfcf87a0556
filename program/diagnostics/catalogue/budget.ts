import { define } from "../define.ts";

/** What is seen when a checked recipe is evaluated, and when its cost is added up; LV0801 to LV0849. */

export const promiseBroken = define<{ text: string; found: string; phase: string | undefined }>({
  code: "LV0801",
  severity: "error",
  title: "a promise of the recipe does not hold",
  message: ({ text, found, phase }) =>
    `\`ensure ${text}\` does not hold: found ${found}${phase === undefined ? "" : ` (${phase})`}`,
  help: () => "make the model or the batch smaller, or change the promise",
  explain: {
    why: "`ensure` states what must be true of a recipe. It is looked at as soon as it can be known, always before a stage runs.",
    wrong: "use std/layers { Linear }\nensure parameters(Linear(from: 8, to: 8)) < 64\n",
    right: "use std/layers { Linear }\nensure parameters(Linear(from: 8, to: 8)) < 100\n",
  },
});

export const tooManySteps = define<{ limit: number }>({
  code: "LV0802",
  severity: "error",
  title: "the recipe takes too long to evaluate",
  message: ({ limit }) =>
    `expected a recipe that is evaluated in ${limit} steps, found more by here`,
  help: () => "a `for` or `fold` runs over too many entries; repeat modules with `n * Module(…)`",
  explain: {
    why: "Recipe code is evaluated whenever it is checked, so there is a limit to how long that may take.",
    wrong: "let squares = for n in 0..500000 { n * n }\n",
    right: "let squares = for n in 0..500 { n * n }\n",
  },
});

export const outOfRange = define<{ index: number; length: number }>({
  code: "LV0803",
  severity: "error",
  title: "index past the end",
  message: ({ index, length }) => `expected an index from 0 to ${length - 1}, found ${index}`,
  help: ({ length }) => (length === 0 ? "the list is empty" : undefined),
  explain: {
    why: "Lists count from 0.",
    wrong: "let sizes = [16, 32]\nlet last = sizes[2]\n",
    right: "let sizes = [16, 32]\nlet last = sizes[1]\n",
  },
});

export const badSize = define<{ name: string; size: number }>({
  code: "LV0804",
  severity: "error",
  title: "size of a dimension is not a whole number",
  message: ({ name, size }) =>
    `expected a whole number of at least 1 for the size of \`${name}\`, found ${size}`,
  help: ({ size }) =>
    Number.isInteger(size) ? undefined : "choose sizes that divide without a rest",
  explain: {
    why: "Divisions of sizes are checked with numbers when a model is made: half of an odd size is no size.",
    wrong: example({
      hidden:
        "dim half = size(width) / 2\n    x * mean(part(x, of: width, start: 0, into: half), over: half)",
      width: 15,
    }),
    right: example({
      hidden:
        "dim half = size(width) / 2\n    x * mean(part(x, of: width, start: 0, into: half), over: half)",
      width: 16,
    }),
  },
});

export const doesNotFit = define<{ operation: string; detail: string; dimensions: string }>({
  code: "LV0805",
  severity: "error",
  title: "dimensions do not fit together",
  message: ({ operation, detail, dimensions }) =>
    `\`${operation}\`: ${detail}${dimensions === "" ? "" : ` (${dimensions})`}`,
  help: () => undefined,
  explain: {
    why: "Some sizes are known only when a model is made with numbers; then they must agree.",
    wrong: example({
      hidden: "dim most = 20\n    x * mean(part(x, of: width, start: 0, into: most), over: most)",
    }),
    right: example({
      hidden: "dim most = 4\n    x * mean(part(x, of: width, start: 0, into: most), over: most)",
    }),
  },
});

export const notEvaluated = define<{ what: string; found: string }>({
  code: "LV0806",
  severity: "error",
  title: "value cannot be used here",
  message: ({ what, found }) => `expected ${what}, found ${found}`,
  explain: {
    why: "What a recipe computes must be of use where it stands; most of this is seen by types, the rest when values are known.",
    wrong: example({ setting: "checkpoint: 0 steps" }),
    right: example({ setting: "checkpoint: 10 steps" }),
  },
});

export const leaks = define<{ reason: string; operation: string; forms: readonly string[] }>({
  code: "LV0807",
  severity: "error",
  title: "model sees the future",
  message: ({ operation, reason }) =>
    `expected a model whose logits depend on the past only, found \`${operation}\`: ${reason}`,
  help: ({ forms }) => `accepted: ${forms.join("; ")}`,
  explain: {
    why: "Tokens are sampled one after another. A model whose output reads later tokens cannot be sampled, and what it learns is worth nothing.",
    wrong: leaking("let mix = dot(x, k, over: width) |> softmax(over: source)"),
    right: leaking(
      "let mix = dot(x, k, over: width) |> mask(index(source) <= index(time)) |> softmax(over: source)",
    ),
  },
});

export const noMemory = define<{ phase: string; needed: string; limit: string }>({
  code: "LV0808",
  severity: "error",
  title: "does not fit into memory",
  message: ({ phase, needed, limit }) =>
    `expected at most ${limit}, found ${needed} in the phase \`${phase}\``,
  help: () => "make `micro_batch` smaller, or the model",
  explain: {
    why: "The peak of every phase is planned before anything is allocated.",
    cause: "A step that needs more memory than the adapter or the machine has.",
    remedy: "Lower `micro_batch`; gradients of micro-batches are added, so the result is the same.",
  },
});

export const noLayout = define<{ model: string; format: string }>({
  code: "LV0809",
  severity: "error",
  title: "model has no layout to be written in",
  message: ({ model, format }) => `expected \`layout ${format}(…)\` in \`${model}\`, found none`,
  help: ({ format }) => `write \`layout ${format}("Architecture") { … }\` in the model`,
  explain: {
    why: "Other programs know a model's tensors by names of their own; the model's `layout` says which.",
    wrong: exported(""),
    right: exported(`  layout huggingface("Small") {
    config { model_type: "small" }
    "embed.weight": embed[vocab, width]
  }
`),
  },
});

export const badLayout = define<{ name: string; problem: string }>({
  code: "LV0810",
  severity: "error",
  title: "layout does not fit the model",
  message: ({ name, problem }) => `\`${name}\`: ${problem}`,
  help: () => "each parameter is written once, with all its dimensions",
  explain: {
    why: "A layout names each parameter once and gives all its dimensions in the order in which they are stored.",
    wrong: exported(`  layout huggingface("Small") {
    config { model_type: "small" }
  }
`),
    right: exported(`  layout huggingface("Small") {
    config { model_type: "small" }
    "embed.weight": embed[vocab, width]
  }
`),
  },
});

export const unevenBatch = define<{ batch: number; microBatch: number }>({
  code: "LV0811",
  severity: "error",
  title: "batch is no multiple of the micro-batch",
  message: ({ batch, microBatch }) =>
    `expected a micro-batch that divides a batch of ${batch}, found ${microBatch}`,
  help: ({ batch, microBatch }) => {
    const divisors = Array.from({ length: batch }, (_, index) => index + 1).filter(
      (size) => batch % size === 0 && size <= microBatch,
    );
    return `${divisors.at(-1) ?? 1} divides it`;
  },
  explain: {
    why: "An optimizer step is made of whole micro-batches of one size.",
    wrong: example({ setting: "micro_batch: 3 sequences" }),
    right: example({ setting: "micro_batch: 2 sequences" }),
  },
});

export const weightReadsModel = define<{ what: "weight" | "count" }>({
  code: "LV0812",
  severity: "error",
  title: "weight of a loss depends on the model",
  message: ({ what }) =>
    `expected a ${what} that depends on the data only, found one that reads parameters`,
  help: () => "multiply it into the value, under `stop_gradient`",
  explain: {
    why: "Weights and counts are added up over the whole step before its first micro-batch; then each term is divided once.",
    wrong: weighed("loss(-score, weight: exp(score))"),
    right: weighed("loss(-score * stop_gradient(exp(score)), weight: tokens.weight)"),
  },
});

export const smallVocabulary = define<{ vocabulary: number; tokens: number }>({
  code: "LV0813",
  severity: "error",
  title: "vocabulary is smaller than the tokenizer",
  message: ({ vocabulary, tokens }) =>
    `expected a vocabulary of at least ${tokens} (the tokenizer's), found ${vocabulary}`,
  help: ({ tokens }) =>
    `write \`vocab: ${tokens}\`, or take it from the tokenizer: \`vocab: words.size\``,
  explain: {
    why: "A token id past the embedding has no row in it.",
    wrong: example({ vocabulary: 200 }),
    right: example({ vocabulary: 300 }),
  },
});

export const noLogits = define<{ model: string; needs: string }>({
  code: "LV0814",
  severity: "error",
  title: "model cannot be sampled",
  message: ({ model, needs }) => `expected a model with \`${needs}\`, found \`${model}\``,
  explain: {
    why: "Sampling asks a model for the logits of the next token, and its data for a tokenizer.",
    cause: "A sample setting in a stage whose model has no function `logits(tokens)`.",
    remedy: "Give the model `fn logits(tokens: Tokens[batch, time]) -> Real[batch, time, vocab]`.",
  },
});

export const badInput = define<{ name: string; text: string; expected: string }>({
  code: "LV0815",
  severity: "error",
  title: "value for an input does not fit",
  message: ({ name, text, expected }) => `\`${name}\`: expected ${expected}, found \`${text}\``,
  explain: {
    why: "`--set NAME=VALUE` gives an input another value, which must be of the input's type.",
    cause: "A value on the command line that is not of the type the recipe declares.",
    remedy: 'Quote units for the shell: `--set duration="50 steps"`.',
  },
});

export const noSuchParameter = define<{ selector: string; known: readonly string[] }>({
  code: "LV0816",
  severity: "error",
  title: "selector matches no parameter",
  message: ({ selector }) =>
    `expected a path of parameters, found \`${selector}\`, which matches none`,
  help: ({ known }) =>
    `the model has ${known.slice(0, 8).join(", ")}${known.length > 8 ? ", …" : ""}`,
  explain: {
    why: "A selector that matches nothing would promise nothing. `*` is one name of a path, `**` any number of them.",
    wrong: example({ after: 'ensure independent(base.hidden, of: "head.**")\n' }),
    right: example({
      members: "  head = param[width] ~ ones\n",
      after: 'ensure independent(base.hidden, of: "head.**")\n',
    }),
  },
});

interface Example {
  readonly code?: string;
  /** Members of the model beside its embedding and its two functions. */
  readonly members?: string;
  /** How the hidden values are computed. */
  readonly hidden?: string;
  readonly vocabulary?: number;
  readonly width?: number;
  readonly objective?: string;
  readonly setting?: string;
  readonly after?: string;
}

/** A recipe of one stage with one thing of its own. */
function example(own: Example): string {
  return `use std/objectives { next_token, token_logprobs }
data plays = text("data/shakespeare.txt")
let words = tokenizer.bpe(plays, size: 300)
let descent = Optimizer {
  start: |value| {}
  step: |value, gradient, state, now, path| { value: value - 0.1 * gradient, state: state }
}
${own.code ?? ""}
model Small(vocab: Dim, width: Dim) {
  embed = param[vocab -> width] ~ normal(0.02)
${own.members ?? ""}
  fn hidden(tokens: Tokens[batch, time]) -> Real[batch, time, width] {
    let x = embed[vocab: tokens.id]
    ${own.hidden ?? "x"}
  }

  fn logits(tokens: Tokens[batch, time]) -> Real[batch, time, vocab] {
    dot(hidden(tokens), embed, over: width)
  }
}
stage base = train(Small(vocab: ${own.vocabulary ?? 300}, width: ${own.width ?? 8})) {
  data:      plays |> tokenize(words) |> chunks(16 tokens)
  objective: ${own.objective ?? "next_token"}
  optimizer: descent
  batch:     4 sequences
  duration:  2 steps
  ${own.setting ?? ""}
}
${own.after ?? ""}`;
}

function leaking(mix: string): string {
  return example({
    hidden: `let k = rename(x, time: source)
    ${mix}
    dot(mix, k, over: source)`,
    setting: 'every 1 steps { sample: { prompt: "A" } }',
  });
}

function exported(layout: string): string {
  return example({ members: layout, after: 'stage release = export(base, to: "out")\n' });
}

function weighed(body: string): string {
  return example({
    code: `fn odd(policy: LanguageModel, tokens: Tokens[batch, time]) -> Loss {
  let score = token_logprobs(policy, tokens)
  ${body}
}`,
    objective: "odd",
  });
}
