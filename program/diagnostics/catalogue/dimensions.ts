import { define } from "../define.ts";

/** Dimensions of tensors; codes LV0401 to LV0449. */

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

export const wrongDimensions = define<{
  what: string | undefined;
  expected: string;
  found: string;
  missing: readonly string[];
  extra: readonly string[];
}>({
  code: "LV0401",
  severity: "error",
  title: "tensor has other dimensions",
  message: ({ what, expected, found }) =>
    `expected ${expected}${what === undefined ? "" : ` for ${what}`}, found ${found}`,
  help: ({ missing, extra }) => {
    const [lacks] = missing;
    const [has] = extra;
    if (missing.length === 1 && extra.length === 1) {
      return `if \`${has ?? ""}\` is meant, write \`rename(…, ${has ?? ""}: ${lacks ?? ""})\``;
    }
    const parts: string[] = [];
    if (missing.length > 0) parts.push(`it lacks ${list(missing)}`);
    if (extra.length > 0) parts.push(`it has ${list(extra)} too many`);
    return parts.length === 0 ? undefined : parts.join(", ");
  },
  explain: {
    why: "Dimensions have names. A signature's own names take the argument's dimension of the same name; if exactly one on each side is left, they match; everything else is asked for with `rename`, `expand` or a reduction.",
    wrong:
      "fn total(x: Real[row, column], weight: Real[column]) -> Real[row] { dot(x, weight, over: column) }\nfn wrong(x: Real[row, column], weight: Real[row]) -> Real[row] { total(x, weight) }\n",
    right:
      "fn total(x: Real[row, column], weight: Real[column]) -> Real[row] { dot(x, weight, over: column) }\nfn right(x: Real[row, column], weight: Real[column]) -> Real[row] { total(x, weight) }\n",
  },
});

export const notContained = define<{
  operator: string;
  left: string;
  right: string;
  onlyLeft: readonly string[];
  onlyRight: readonly string[];
}>({
  code: "LV0402",
  severity: "error",
  title: "neither side's dimensions contain the other's",
  message: ({ operator, left, right }) =>
    `expected one side of \`${operator}\` to have the dimensions of the other, found ${left} and ${right}`,
  help: ({ onlyLeft, onlyRight }) =>
    `only the left has ${list(onlyLeft)}, only the right ${list(onlyRight)}: ask for the wider result with \`outer\` or \`expand\`, or \`rename\` a dimension`,
  explain: {
    why: "Arithmetic never widens both sides in silence. Comparisons, `and` and `or` do: a mask is an outer thing.",
    wrong: "fn table(x: Real[row], y: Real[column]) -> Real[row, column] { x * y }\n",
    right: "fn table(x: Real[row], y: Real[column]) -> Real[row, column] { outer(x, y) }\n",
  },
});

export const sizeClash = define<{
  name: string;
  /** Sizes, where they are numbers. */
  left: number | undefined;
  right: number | undefined;
}>({
  code: "LV0403",
  severity: "error",
  title: "two dimensions of one name",
  message: ({ name, left, right }) =>
    left === undefined || right === undefined
      ? `two different dimensions are called \`${name}\``
      : `the dimension \`${name}\` has the size ${left} on one side and ${right} on the other`,
  help: () => "a dimension is a name with a size: rename one of them",
  explain: {
    why: "Equal name and equal size is the same dimension; equal name with another size in one expression is an error.",
    wrong:
      "use std/layers { Linear }\nmodel Twice(width: Dim) {\n  dim half = size(width) + 1\n  up = Linear(from: width, to: half)\n  fn (x: Real[at, width]) -> Real[at, width] { x + rename(up(x), half: width) }\n}\n",
    right:
      "use std/layers { Linear }\nmodel Twice(width: Dim) {\n  dim half = size(width) + 1\n  up = Linear(from: width, to: half)\n  down = Linear(from: half, to: width)\n  fn (x: Real[at, width]) -> Real[at, width] { x + down(up(x)) }\n}\n",
  },
});

export const unknownDimension = define<{ name: string; suggestion: string | undefined }>({
  code: "LV0404",
  severity: "error",
  title: "dimension is not declared",
  message: ({ name }) => `expected a dimension, found \`${name}\``,
  help: ({ suggestion }) =>
    suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`,
  explain: {
    why: "A dimension is a parameter of type Dim, a name in the signature's types, or made by `dim`, `rename` or the like.",
    wrong:
      "model Scale(width: Dim) {\n  scale = param[widht] ~ ones\n  fn (x: Real[..at, width]) -> Real[..at, width] { x * scale }\n}\n",
    right:
      "model Scale(width: Dim) {\n  scale = param[width] ~ ones\n  fn (x: Real[..at, width]) -> Real[..at, width] { x * scale }\n}\n",
  },
});

export const resultOnly = define<{ name: string; suggestion: string | undefined }>({
  code: "LV0405",
  severity: "error",
  title: "dimension occurs only in the result",
  message: ({ name }) => `no parameter gives the dimension \`${name}\` of the result`,
  help: ({ suggestion }) =>
    suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`,
  explain: {
    why: "A call binds the dimensions of a signature from its arguments, so each stands in a parameter.",
    wrong: "fn total(x: Real[row, column]) -> Real[line] { sum(x, over: column) }\n",
    right: "fn total(x: Real[row, column]) -> Real[row] { sum(x, over: column) }\n",
  },
});

export const lacksDimension = define<{ name: string; found: string; operation: string }>({
  code: "LV0406",
  severity: "error",
  title: "tensor does not have the dimension",
  message: ({ name, found, operation }) =>
    `\`${operation}\` expected a tensor with the dimension \`${name}\`, found ${found}`,
  explain: {
    why: "What works along a dimension needs a tensor that has it.",
    wrong:
      "fn total(x: Real[row], weight: Real[row, column]) -> Real[column] {\n  dot(x, weight, over: column)\n}\n",
    right:
      "fn total(x: Real[row], weight: Real[row, column]) -> Real[column] {\n  dot(x, weight, over: row)\n}\n",
  },
});

export const duplicateDimension = define<{ name: string; what: string }>({
  code: "LV0407",
  severity: "error",
  title: "tensor would have a dimension twice",
  message: ({ name, what }) => `${what} would have the dimension \`${name}\` twice`,
  help: () => "rename one of them before",
  explain: {
    why: "A tensor's dimensions are known by name, so none stands twice.",
    wrong: "fn square(x: Real[row], y: Real[row]) -> Real[row, row] { outer(x, y) }\n",
    right: "fn square(x: Real[row], y: Real[column]) -> Real[row, column] { outer(x, y) }\n",
  },
});

export const nameTaken = define<{ name: string; found: string }>({
  code: "LV0408",
  severity: "error",
  title: "tensor already has a dimension of that name",
  message: ({ name, found }) =>
    `expected a new name for the dimension, found \`${name}\` in ${found}`,
  help: () => "choose a name that the tensor does not have",
  explain: {
    why: "`rename` gives a dimension a name that is new in the tensor.",
    wrong: "fn turned(x: Real[row, column]) -> Real[row, column] {\n  rename(x, row: column)\n}\n",
    right: "fn turned(x: Real[row, column]) {\n  rename(x, row: line)\n}\n",
  },
});

export const keptShared = define<{ name: string }>({
  code: "LV0409",
  severity: "warning",
  title: "a shared dimension is kept and never used",
  message: ({ name }) =>
    `both sides have \`${name}\`, which is not contracted: entry by entry, only equal places meet`,
  help: ({ name }) => `contract it too (\`over: [${name}, …]\`), or \`rename\` it on one side`,
  explain: {
    why: "`dot` keeps once what both sides have and `over` does not name. A forgotten `rename` gives the diagonal of what was meant.",
    wrong:
      "fn scores(x: Real[time, head]) {\n  let k = rename(x, time: source)\n  dot(k, k, over: head)\n}\n",
    right:
      "fn scores(x: Real[time, head]) -> Real[time] {\n  let k = rename(x, time: source)\n  let pairs = dot(x, k, over: head)\n  mean(pairs, over: source)\n}\n",
  },
});

export const dimensionAsNumber = define<{ name: string }>({
  code: "LV0410",
  severity: "error",
  title: "dimension used as a number",
  message: ({ name }) => `expected a number, found the dimension \`${name}\``,
  help: ({ name }) => `write \`size(${name})\``,
  explain: {
    why: "A dimension is a name with a size; its size is a number.",
    wrong: "fn scaled(x: Real[..at, head]) -> Real[..at, head] { x / sqrt(head) }\n",
    right: "fn scaled(x: Real[..at, head]) -> Real[..at, head] { x / sqrt(size(head)) }\n",
  },
});

export const sumOutsideDim = define<{ left: string; right: string }>({
  code: "LV0411",
  severity: "error",
  title: "a sum of dimensions needs a name",
  message: ({ left, right }) =>
    `a sum of dimensions stands in \`dim\`, found \`${left} + ${right}\` elsewhere`,
  help: ({ left, right }) => `write \`dim both = ${left} + ${right}\` before, and \`both\` here`,
  explain: {
    why: "A dimension has a name; `dim NAME = a + b` gives the sum one. Sizes are added with `size(a) + size(b)`.",
    wrong:
      "use std/layers { Linear }\nmodel Wide(width: Dim, extra: Dim) {\n  up = Linear(from: width + extra, to: width)\n}\n",
    right:
      "use std/layers { Linear }\nmodel Wide(width: Dim, extra: Dim) {\n  dim stream = width + extra\n  up = Linear(from: stream, to: width)\n}\n",
  },
});

export const conditionNotContained = define<{
  condition: string;
  value: string;
  missing: readonly string[];
  operation: string;
}>({
  code: "LV0412",
  severity: "error",
  title: "condition has dimensions that the values lack",
  message: ({ condition, value, operation }) =>
    `\`${operation}\` expected values with the dimensions of the condition ${condition}, found ${value}`,
  help: ({ missing }) =>
    `the values lack ${list(missing)}: a forgotten \`rename\` is the usual cause; else \`expand\` them`,
  explain: {
    why: "`select` and `mask` choose among the entries of a tensor, so the tensor has every dimension of the condition.",
    wrong:
      "fn kept(x: Real[row], good: Bool[row, column]) -> Real[row] {\n  select(good, x, 0)\n}\n",
    right: "fn kept(x: Real[row], good: Bool[row]) -> Real[row] {\n  select(good, x, 0)\n}\n",
  },
});

export const joinMismatch = define<{ left: string; right: string; detail: string }>({
  code: "LV0413",
  severity: "error",
  title: "tensors do not join",
  message: ({ left, right, detail }) => `${left} and ${right} do not join: ${detail}`,
  explain: {
    why: "`join(a, b, as: s)` lays two tensors end to end along the dimension that only each has; all others are the same, and `s` is their sum.",
    wrong:
      "fn both(x: Real[row, left], y: Real[line, right]) -> Real {\n  dim all = left + right\n  sum(join(x, y, as: all), over: [row, all])\n}\n",
    right:
      "fn both(x: Real[row, left], y: Real[row, right]) -> Real {\n  dim all = left + right\n  sum(join(x, y, as: all), over: [row, all])\n}\n",
  },
});

export const notADimension = define<{ found: string; what: string | undefined }>({
  code: "LV0414",
  severity: "error",
  title: "a dimension is expected",
  message: ({ found, what }) =>
    `expected a dimension${what === undefined ? "" : ` for ${what}`}, found ${found}`,
  explain: {
    why: "A parameter of type Dim takes a dimension, a list of dimensions, or a whole number, which makes a new dimension of that size.",
    wrong: 'use std/layers { RMSNorm }\nlet norm = RMSNorm(width: "64")\n',
    right: "use std/layers { RMSNorm }\nlet norm = RMSNorm(width: 64)\n",
  },
});
