import { define } from "../define.ts";

/** Models, interfaces and layouts; codes LV0601 to LV0649. */

export const notSatisfied = define<{
  model: string;
  interface: string;
  missing: readonly string[];
}>({
  code: "LV0601",
  severity: "error",
  title: "model lacks a member of the interface",
  message: ({ model, interface: wanted, missing }) =>
    `expected ${wanted}, found ${model}, which has no ${missing.map((name) => `\`${name}\``).join(", ")}`,
  help: ({ missing, model }) =>
    `${model} needs ${missing.length === 1 ? "a member of that name" : "members of those names"}`,
  explain: {
    why: "Whatever has the members of an interface satisfies it; what it is called does not matter.",
    wrong:
      "use std/layers { RMSNorm }\nmodel Trunk {\n  width: Dim\n  fn run(x: Real[at, width]) -> Real[at, width]\n}\nfn through(trunk: Trunk, x: Real[at, trunk.width]) -> Real[at, trunk.width] { trunk.run(x) }\nfn wrong(x: Real[at, width]) -> Real[at, width] { through(RMSNorm(width), x) }\n",
    right:
      "model Trunk {\n  width: Dim\n  fn run(x: Real[at, width]) -> Real[at, width]\n}\nmodel Same(width: Dim) {\n  fn run(x: Real[at, width]) -> Real[at, width] { x }\n}\nfn through(trunk: Trunk, x: Real[at, trunk.width]) -> Real[at, trunk.width] { trunk.run(x) }\nfn right(x: Real[at, width]) -> Real[at, width] { through(Same(width), x) }\n",
  },
});

export const memberMismatch = define<{
  model: string;
  interface: string;
  member: string;
  expected: string;
  found: string;
}>({
  code: "LV0602",
  severity: "error",
  title: "member differs from the interface",
  message: ({ interface: wanted, member, expected, found, model }) =>
    `${wanted} expects \`${member}\` to be ${expected}, in ${model} it is ${found}`,
  explain: {
    why: "A member of an interface has the type that the interface gives, with the model's own dimensions.",
    wrong:
      "model Trunk {\n  width: Dim\n  fn run(x: Real[at, width]) -> Real[at, width]\n}\nmodel Sum(width: Dim) {\n  fn run(x: Real[at, width]) -> Real[at] { sum(x, over: width) }\n}\nfn through(trunk: Trunk, x: Real[at, trunk.width]) -> Real[at, trunk.width] { trunk.run(x) }\nfn wrong(x: Real[at, width]) -> Real[at, width] { through(Sum(width), x) }\n",
    right:
      "model Trunk {\n  width: Dim\n  fn run(x: Real[at, width]) -> Real[at, width]\n}\nmodel Same(width: Dim) {\n  fn run(x: Real[at, width]) -> Real[at, width] { x }\n}\nfn through(trunk: Trunk, x: Real[at, trunk.width]) -> Real[at, trunk.width] { trunk.run(x) }\nfn right(x: Real[at, width]) -> Real[at, width] { through(Same(width), x) }\n",
  },
});

export const layoutPath = define<{ path: string; found: string }>({
  code: "LV0603",
  severity: "error",
  title: "layout names no parameter",
  message: ({ path, found }) =>
    `expected a parameter of the model, found \`${path}\`, which is ${found}`,
  explain: {
    why: "A layout pairs each stored tensor with a parameter, by its path.",
    wrong:
      'model Scale(width: Dim) {\n  scale = param[width] ~ ones\n  count = 4\n  layout huggingface("Scale") {\n    "scale.weight": count[width]\n  }\n}\n',
    right:
      'model Scale(width: Dim) {\n  scale = param[width] ~ ones\n  layout huggingface("Scale") {\n    "scale.weight": scale[width]\n  }\n}\n',
  },
});

export const layoutDimensions = define<{
  path: string;
  missing: readonly string[];
  extra: readonly string[];
}>({
  code: "LV0604",
  severity: "error",
  title: "layout does not cover the parameter",
  message: ({ path, missing, extra }) =>
    missing.length > 0
      ? `the order of \`${path}\` leaves out ${missing.map((name) => `\`${name}\``).join(", ")}`
      : `\`${path}\` has no dimension ${extra.map((name) => `\`${name}\``).join(", ")}`,
  explain: {
    why: "The stored order names each dimension of the parameter once; dimensions in parentheses are stored as one.",
    wrong:
      'model Table(vocab: Dim, width: Dim) {\n  embed = param[vocab -> width] ~ normal(0.02)\n  layout huggingface("Table") {\n    "embed.weight": embed[vocab]\n  }\n}\n',
    right:
      'model Table(vocab: Dim, width: Dim) {\n  embed = param[vocab -> width] ~ normal(0.02)\n  layout huggingface("Table") {\n    "embed.weight": embed[vocab, width]\n  }\n}\n',
  },
});

export const layoutIndex = define<{ index: string; key: string; inKey: boolean }>({
  code: "LV0605",
  severity: "error",
  title: "layout's index stands on one side only",
  message: ({ index, key, inKey }) =>
    inKey
      ? `\`{${index}}\` of "${key}" does not choose an entry on the other side`
      : `expected an index that "${key}" binds, found \`${index}\``,
  explain: {
    why: 'A name in braces in the key counts the entries of a list of modules: `"layers.{i}.weight": blocks[i].scale[width]`.',
    wrong:
      'use std/layers { RMSNorm }\nmodel Stack(width: Dim) {\n  blocks = 2 * RMSNorm(width)\n  layout huggingface("Stack") {\n    "layers.{j}.weight": blocks[i].scale[width]\n  }\n}\n',
    right:
      'use std/layers { RMSNorm }\nmodel Stack(width: Dim) {\n  blocks = 2 * RMSNorm(width)\n  layout huggingface("Stack") {\n    "layers.{i}.weight": blocks[i].scale[width]\n  }\n}\n',
  },
});

export const interfaceValue = define<{ name: string }>({
  code: "LV0606",
  severity: "error",
  title: "an interface has no values of its own",
  message: ({ name }) => `expected a model, found the interface \`${name}\``,
  help: () => "make a model that has its members",
  explain: {
    why: "A model whose members have no bodies says what others must have; nothing can be made from it.",
    wrong: "let model_of_all = LanguageModel()\n",
    right: "use std/layers { RMSNorm }\nlet norm = RMSNorm(width: 64)\n",
  },
});

export const notApplied = define<{ name: string; functions: readonly string[] }>({
  code: "LV0607",
  severity: "error",
  title: "model cannot be called",
  message: ({ name }) => `\`${name}\` has no function without a name, so it cannot be called`,
  help: ({ functions }) =>
    functions.length === 0
      ? undefined
      : `it has ${functions.map((member) => `\`${member}\``).join(", ")}`,
  explain: {
    why: "Calling a model calls its `fn (…)`; other functions are called by name.",
    wrong:
      "model Scale(width: Dim) {\n  scale = param[width] ~ ones\n  fn run(x: Real[at, width]) -> Real[at, width] { x * scale }\n}\nfn wrong(x: Real[at, width]) -> Real[at, width] { Scale(width)(x) }\n",
    right:
      "model Scale(width: Dim) {\n  scale = param[width] ~ ones\n  fn run(x: Real[at, width]) -> Real[at, width] { x * scale }\n}\nfn right(x: Real[at, width]) -> Real[at, width] { Scale(width).run(x) }\n",
  },
});
