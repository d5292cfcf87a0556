import { define } from "../define.ts";

/** Types, values and units; codes LV0301 to LV0349. */

export const mismatch = define<{
  /** What has the type: `the setting \`batch\``. */
  what: string | undefined;
  expected: string;
  found: string;
  help: string | undefined;
}>({
  code: "LV0301",
  severity: "error",
  title: "another type is expected",
  message: ({ what, expected, found }) =>
    `expected ${expected}${what === undefined ? "" : ` for ${what}`}, found ${found}`,
  help: ({ help }) => help,
  explain: {
    why: "A value has the type that the signature, the record or the declaration asks for. An Int is a Real, a checkpoint is a model, and a record may have more fields than asked for.",
    wrong: 'use std/optimizers { constant }\nlet rate = constant("fast")\n',
    right: "use std/optimizers { constant }\nlet rate = constant(0.1)\n",
  },
});

export const notCallable = define<{ found: string; help: string | undefined }>({
  code: "LV0302",
  severity: "error",
  title: "only functions and models are called",
  message: ({ found }) => `expected a function or a model, found ${found}`,
  help: ({ help }) => help,
  explain: {
    why: "What stands before `( … )` or `{ … }` is a function, a model, a list of models or a record.",
    wrong: "let depth = 4\nlet twice = depth(2)\n",
    right: "let depth = 4\nlet twice = depth * 2\n",
  },
});

export const noMember = define<{
  of: string;
  name: string;
  suggestion: string | undefined;
}>({
  code: "LV0303",
  severity: "error",
  title: "there is no such member",
  message: ({ of, name }) => `${of} has no member \`${name}\``,
  help: ({ suggestion }) =>
    suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`,
  explain: {
    why: "After `.` stands a field of a record, or a member or a parameter of a model.",
    wrong:
      'data plays = text("data/shakespeare.txt") |> split(held_out: 5%)\ndata rest = plays.heldout\n',
    right:
      'data plays = text("data/shakespeare.txt") |> split(held_out: 5%)\ndata rest = plays.held_out\n',
  },
});

export const missingFields = define<{ names: readonly string[]; of: string }>({
  code: "LV0304",
  severity: "error",
  title: "field is missing",
  message: ({ names, of }) =>
    `expected ${names.map((name) => `\`${name}\``).join(", ")} in ${of}, found none`,
  explain: {
    why: "A record has every field that has no default in its declaration.",
    wrong:
      "record Size { width: Int, depth: Int = 2 }\nfn area(size: Size) -> Int { size.width * size.depth }\nlet small = area({ depth: 4 })\n",
    right:
      "record Size { width: Int, depth: Int = 2 }\nfn area(size: Size) -> Int { size.width * size.depth }\nlet small = area({ width: 64, depth: 4 })\n",
  },
});

export const unknownField = define<{
  name: string;
  of: string;
  known: readonly string[];
  suggestion: string | undefined;
}>({
  code: "LV0305",
  severity: "error",
  title: "record has no such field",
  message: ({ name, of }) => `${of} has no field \`${name}\``,
  help: ({ suggestion, known }) =>
    suggestion === undefined
      ? `it has ${known.map((field) => `\`${field}\``).join(", ")}`
      : `did you mean \`${suggestion}\`?`,
  explain: {
    why: "A record that is written out for a declared type has only the fields of that type: another one would have no effect.",
    wrong:
      "record Size { width: Int }\nfn area(size: Size) -> Int { size.width ^ 2 }\nlet small = area({ width: 64, widht: 32 })\n",
    right:
      "record Size { width: Int }\nfn area(size: Size) -> Int { size.width ^ 2 }\nlet small = area({ width: 64 })\n",
  },
});

export const duplicateField = define<{ name: string }>({
  code: "LV0306",
  severity: "error",
  title: "field is given twice",
  message: ({ name }) => `the field \`${name}\` is given twice`,
  help: () => "remove one of them",
  explain: {
    why: "Neither of two values wins in silence.",
    wrong: "let size = { width: 64, width: 32 }\n",
    right: "let size = { width: 64, depth: 32 }\n",
  },
});

export const branchOnTensor = define<{ found: string; form: "if" | "match" }>({
  code: "LV0307",
  severity: "error",
  title: "a recipe cannot branch on a tensor",
  message: ({ found, form }) =>
    `expected a value that is known before the run after \`${form}\`, found ${found}`,
  help: () => "write `select(condition, a, b)`: both are computed, and each entry takes one",
  explain: {
    why: "`if` and `match` choose what is built, before anything runs. What a tensor holds is known only then; `select` chooses entry by entry.",
    wrong: "fn positive(x: Real[..d]) -> Real[..d] {\n  if x > 0 { x } else { 0 * x }\n}\n",
    right: "fn positive(x: Real[..d]) -> Real[..d] {\n  select(x > 0, x, 0)\n}\n",
  },
});

export const notExhaustive = define<{ missing: readonly string[] }>({
  code: "LV0308",
  severity: "error",
  title: "match leaves out a value",
  message: ({ missing }) =>
    `expected an arm for ${missing.map((value) => `\`${value}\``).join(", ")}, found none`,
  help: () => "add the arm, or `_ => …` for all that is left",
  explain: {
    why: "Every value that the type allows has an arm.",
    wrong:
      'input size: "small" | "large" = "small"\nlet width = match size {\n  "small" => 64\n}\n',
    right:
      'input size: "small" | "large" = "small"\nlet width = match size {\n  "small" => 64\n  "large" => 512\n}\n',
  },
});

export const neverMatches = define<{
  pattern: string;
  type: string;
  suggestion: string | undefined;
}>({
  code: "LV0309",
  severity: "error",
  title: "arm can never match",
  message: ({ pattern, type }) => `expected a value of ${type}, found ${pattern}`,
  help: ({ suggestion }) =>
    suggestion === undefined ? "remove the arm" : `did you mean \`${suggestion}\`?`,
  explain: {
    why: "An arm stands for a value that the type allows, and for each value there is one arm.",
    wrong:
      'input size: "small" | "large" = "small"\nlet width = match size {\n  "smal" => 64\n  _ => 512\n}\n',
    right:
      'input size: "small" | "large" = "small"\nlet width = match size {\n  "small" => 64\n  _ => 512\n}\n',
  },
});

export const badOperands = define<{
  operator: string;
  left: string;
  right: string;
  help: string | undefined;
}>({
  code: "LV0310",
  severity: "error",
  title: "operator does not fit its operands",
  message: ({ operator, left, right }) =>
    right === ""
      ? `\`${operator}\` does not apply to ${left}`
      : `\`${operator}\` does not apply to ${left} and ${right}`,
  help: ({ help }) => help,
  explain: {
    why: "Arithmetic is for numbers and tensors, for quantities of one unit, for losses, and for checkpoints as far as it has a meaning.",
    wrong: 'let name = "a" + 1\n',
    right: 'let count = 1\nlet name = "a{count}"\n',
  },
});

export const hole = define<{ expected: string; missing: readonly string[] }>({
  code: "LV0311",
  severity: "error",
  title: "something is still to be written",
  message: ({ expected, missing }) =>
    missing.length === 0
      ? `to be written: ${expected}`
      : `to be written: ${expected}; ${missing.map((name) => `\`${name}\``).join(", ")} ${missing.length === 1 ? "is" : "are"} required`,
  explain: {
    why: "`…` holds the place of what is still to be written; a recipe with holes is checked around them and cannot run.",
    wrong: "fn double(x: Real[..d]) -> Real[..d] { … }\n",
    right: "fn double(x: Real[..d]) -> Real[..d] { 2 * x }\n",
  },
});

function units(names: readonly string[]): string {
  const last = names[names.length - 1] ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}

export const wrongUnit = define<{
  what: string | undefined;
  expected: readonly string[];
  found: readonly string[];
}>({
  code: "LV0312",
  severity: "error",
  title: "another unit is expected",
  message: ({ what, expected, found }) =>
    `expected a number of ${units(expected)}${what === undefined ? "" : ` for ${what}`}, found ${units(found)}`,
  explain: {
    why: "Numbers carry units; a unit is part of the type and is never converted in silence.",
    wrong: "use std/optimizers { constant }\nlet rate = constant(0.1, warmup: 16 sequences)\n",
    right: "use std/optimizers { constant }\nlet rate = constant(0.1, warmup: 16 steps)\n",
  },
});

export const unknownUnit = define<{ unit: string; suggestion: string | undefined }>({
  code: "LV0313",
  severity: "error",
  title: "unit does not exist",
  message: ({ unit }) => `expected a unit, found \`${unit}\``,
  help: ({ suggestion }) =>
    suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`,
  explain: {
    why: "The word right after a number is its unit: steps, epochs, tokens, rounds, sequences, examples, prompts, rows, bytes (KiB, MiB, GiB, KB, MB, GB), seconds, minutes or hours.",
    wrong: "use std/optimizers { constant }\nlet rate = constant(0.1, warmup: 600 stps)\n",
    right: "use std/optimizers { constant }\nlet rate = constant(0.1, warmup: 600 steps)\n",
  },
});

export const missingUnit = define<{
  what: string | undefined;
  expected: readonly string[];
  /** The number as written. */
  number: string | undefined;
}>({
  code: "LV0314",
  severity: "error",
  title: "number needs a unit",
  message: ({ what, expected }) =>
    `expected a number of ${units(expected)}${what === undefined ? "" : ` for ${what}`}, found a number without a unit`,
  help: ({ expected, number }) =>
    `write the unit after the number: \`${number ?? "16"} ${expected[0] ?? ""}\``,
  explain: {
    why: "Where several units are possible, the unit is written.",
    wrong: "use std/optimizers { constant }\nlet rate = constant(0.1, warmup: 600)\n",
    right: "use std/optimizers { constant }\nlet rate = constant(0.1, warmup: 600 steps)\n",
  },
});

export const unwantedUnit = define<{
  what: string | undefined;
  expected: string;
  found: string;
  number: string | undefined;
}>({
  code: "LV0315",
  severity: "error",
  title: "number has a unit or a percent sign too many",
  message: ({ what, expected, found }) =>
    `expected ${expected}${what === undefined ? "" : ` for ${what}`}, found ${found}`,
  help: ({ number }) => (number === undefined ? undefined : `write \`${number}\``),
  explain: {
    why: "A share (`5%`) and a quantity (`16 steps`) are other types than a plain number.",
    wrong: "use std/optimizers { constant }\nlet rate = constant(5%)\n",
    right: "use std/optimizers { constant }\nlet rate = constant(0.05)\n",
  },
});

export const maybeNone = define<{ found: string; use: string }>({
  code: "LV0316",
  severity: "error",
  title: "value may be none",
  message: ({ found, use }) => `${use} needs a value, found ${found}, which may be none`,
  help: () => "give what is used instead with `??`",
  explain: {
    why: "An optional value is opened with `??` before it is used.",
    wrong: "fn scaled(x: Real, factor: Real?) -> Real { x * factor }\n",
    right: "fn scaled(x: Real, factor: Real?) -> Real { x * (factor ?? 1) }\n",
  },
});

export const notIndexed = define<{ found: string }>({
  code: "LV0317",
  severity: "error",
  title: "value has no entries to choose from",
  message: ({ found }) => `expected a list, a record or a tensor before \`[\`, found ${found}`,
  explain: {
    why: "`table[vocab: ids]` chooses along a dimension, `list[0]` an entry, `record[name]` a field.",
    wrong: "let depth = 4\nlet first = depth[0]\n",
    right: "let depths = [4, 8]\nlet first = depths[0]\n",
  },
});

export const wrongArity = define<{ expected: number; found: number }>({
  code: "LV0318",
  severity: "error",
  title: "lambda has another number of parameters",
  message: ({ expected, found }) =>
    `expected a lambda of ${expected} parameter${expected === 1 ? "" : "s"}, found ${found}`,
  explain: {
    why: "What calls a lambda gives it a fixed number of arguments.",
    wrong: "let add = |a, b| a + b\nlet three = add(3)\n",
    right: "let add = |a, b| a + b\nlet three = add(1, 2)\n",
  },
});

export const notIterable = define<{ found: string }>({
  code: "LV0319",
  severity: "error",
  title: "value cannot be gone through",
  message: ({ found }) => `expected a list, a record or a range after \`in\`, found ${found}`,
  explain: {
    why: "`for` and `fold` go through something whose length is known before the run.",
    wrong: "let twice = for n in 4 { 2 * n }\n",
    right: "let twice = for n in 0..4 { 2 * n }\n",
  },
});

export const noValue = define<{ what: string; expected: string }>({
  code: "LV0320",
  severity: "error",
  title: "block has no value",
  message: ({ what, expected }) => `expected ${expected} at the end of ${what}, found nothing`,
  help: () => "the last expression of a block is its value",
  explain: {
    why: "A block is worth what its last expression is worth.",
    wrong: "fn double(x: Real) -> Real {\n  let y = 2 * x\n}\n",
    right: "fn double(x: Real) -> Real {\n  let y = 2 * x\n  y\n}\n",
  },
});

export const badCast = define<{ found: string; to: string }>({
  code: "LV0321",
  severity: "error",
  title: "only rows are read as a record",
  message: ({ found, to }) => `expected data and a record around \`as\`, found ${found} as ${to}`,
  explain: {
    why: "`data as Record` says what the rows of a file hold. Nothing else is converted.",
    wrong: "let width = 4 as Int\n",
    right: "let width = 4\n",
  },
});

export const wrongTypeArguments = define<{ name: string; expected: string }>({
  code: "LV0322",
  severity: "error",
  title: "type takes other arguments",
  message: ({ name, expected }) => `expected ${expected} after \`${name}\``,
  explain: {
    why: "`Real`, `Int`, `Bool` and records take dimensions, `Data` and `Checkpoint` a type, `Count` units.",
    wrong: "fn length(text: Text[time]) -> Int { 1 }\n",
    right: "fn length(text: Text) -> Int { 1 }\n",
  },
});
