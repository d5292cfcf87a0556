import { expect, test } from "vitest";
import { evaluated, type Given } from "./call-library.ts";

interface Case {
  readonly name: string;
  readonly uses?: string;
  readonly result: string;
  readonly given?: Readonly<Record<string, Given>>;
  readonly order?: readonly string[];
  readonly scalars?: Readonly<Record<string, number>>;
  readonly expected: readonly number[];
}

const vector = (name: string, values: readonly number[]): Given => {
  return { dimensions: { [name]: values.length }, values };
};
const x3 = { x: vector("d", [-1, 0, 2]) };
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const numbers: readonly Case[] = [
  { name: "whole numbers", result: "7 - 2 * 3", expected: [1] },
  { name: "power binds tighter than minus", result: "-2 ^ 2", expected: [-4] },
  { name: "mod of a negative number", result: "mod(-7, 3)", expected: [2] },
  { name: "floor and to_int", result: "to_int(floor(2.7)) + 1", expected: [3] },
  { name: "min and max of numbers", result: "min(3, max(1, 2))", expected: [2] },
  { name: "clamp", result: "clamp(5, 0, 1)", expected: [1] },
  { name: "the base of a logarithm", result: "log(exp(2))", expected: [2] },
  { name: "a fold", result: "fold s = 1 for n in 1..6 { s * n }", expected: [120] },
  { name: "an entry of a list", result: "(for n in 0..4 { n * n })[3]", expected: [9] },
  { name: "a field of a record", result: "{ a: 1, b: { c: 5 } }.b.c", expected: [5] },
  { name: "match on a text", result: 'match "b" { "a" => 1, "b" => 2, _ => 3 }', expected: [2] },
  { name: "none and what stands for it", result: "none ?? 4", expected: [4] },
  {
    name: "a lambda that captures",
    result: "{ let n = 3\n let f = |x| x + n\n f(4) }",
    expected: [7],
  },
  { name: "and does not look further", result: "false and 1 / 0 > 1", expected: [0] },
];

const tensors: readonly Case[] = [
  {
    name: "silu",
    uses: "use std/layers { silu }",
    result: "silu(x)",
    given: x3,
    order: ["d"],
    expected: [-sigmoid(-1), 0, 2 * sigmoid(2)],
  },
  {
    name: "what RMSNorm does before its scale",
    result: "x / sqrt(mean(x ^ 2, over: width) + 1e-6)",
    given: { x: vector("width", [1, 2, 3, 4]) },
    order: ["width"],
    expected: [1, 2, 3, 4].map((value) => value / Math.sqrt(7.5 + 1e-6)),
  },
  {
    name: "softmax of a masked row is zero",
    result: "mask(x, x > 9) |> softmax(over: d)",
    given: x3,
    order: ["d"],
    expected: [0, 0, 0],
  },
  {
    name: "the largest along a dimension",
    result: "max(x, over: d)",
    given: x3,
    expected: [2],
  },
  {
    name: "argmax takes the first",
    result: "argmax(x, over: d)",
    given: { x: vector("d", [1, 5, 5]) },
    expected: [1],
  },
  {
    name: "one_hot",
    result: "one_hot(ids, over: d)",
    given: { ids: { dimensions: { row: 2 }, values: [2, 0], element: "int" }, ...x3 },
    order: ["row", "d"],
    expected: [0, 0, 1, 1, 0, 0],
  },
  {
    name: "shift to the past fills with zeros",
    result: "shift(x, d: 1)",
    given: x3,
    order: ["d"],
    expected: [0, -1, 0],
  },
  {
    name: "running sums backwards",
    result: "cumulative(x, over: d, reverse: true)",
    given: x3,
    order: ["d"],
    expected: [1, 2, 2],
  },
  {
    name: "join along a sum of dimensions",
    result: "{\n dim both = d + e\n sum(join(x, y, as: both) * to_real(index(both)), over: both) }",
    given: { x: vector("d", [1, 2]), y: vector("e", [3]) },
    expected: [0 * 1 + 1 * 2 + 2 * 3],
  },
  {
    name: "a part",
    result: "{\n dim two = 2\n part(x, of: d, start: 1, into: two) }",
    given: x3,
    order: ["two"],
    expected: [0, 2],
  },
  {
    name: "a mean over two dimensions",
    result: "mean(x, over: [a, b])",
    given: { x: { dimensions: { a: 2, b: 2 }, values: [1, 2, 3, 6] } },
    expected: [3],
  },
  {
    name: "attention's product keeps what is not contracted",
    result: "dot(x, y, over: k)",
    given: {
      x: { dimensions: { a: 2, k: 2 }, values: [1, 2, 3, 4] },
      y: { dimensions: { k: 2, b: 1 }, values: [5, 6] },
    },
    order: ["a", "b"],
    expected: [17, 39],
  },
  {
    name: "rotary turns entry i with entry i + half",
    uses: "use std/layers { rotary }",
    result: "rotary(x, over: head, position: position, theta: 1)",
    given: {
      x: { dimensions: { batch: 1, time: 1, head: 4 }, values: [1, 2, 3, 4] },
      position: { dimensions: { batch: 1, time: 1 }, values: [1], element: "int" },
    },
    order: ["batch", "time", "head"],
    expected: [
      Math.cos(1) - 3 * Math.sin(1),
      2 * Math.cos(1) - 4 * Math.sin(1),
      3 * Math.cos(1) + Math.sin(1),
      4 * Math.cos(1) + 2 * Math.sin(1),
    ],
  },
  {
    name: "outer",
    result: "outer(x, y)",
    given: { x: vector("d", [1, 2]), y: vector("e", [3, 4]) },
    order: ["d", "e"],
    expected: [3, 4, 6, 8],
  },
  {
    name: "rows of a table by number",
    result: "table[vocab: ids]",
    given: {
      table: { dimensions: { vocab: 3, width: 2 }, values: [0, 1, 10, 11, 20, 21] },
      ids: { dimensions: { time: 2 }, values: [2, 0], element: "int" },
    },
    order: ["time", "width"],
    expected: [20, 21, 0, 1],
  },
];

const drawing = (chance: number, temperature: number): Case => ({
  name: `draw at chance ${chance} and temperature ${temperature}`,
  result: "draw(logits, chance, temperature)",
  given: {
    logits: { dimensions: { batch: 1, vocab: 3 }, values: [0, Math.log(2), 0] },
    chance: { dimensions: { batch: 1 }, values: [chance] },
  },
  scalars: { temperature },
  order: ["batch"],
  // Probabilities 1/4, 1/2, 1/4.
  expected: [temperature === 0 ? 1 : chance < 0.25 ? 0 : chance < 0.75 ? 1 : 2],
});

const draws = [drawing(0, 1), drawing(0.3, 1), drawing(0.8, 1), drawing(0.999, 0)];

test.each([...numbers, ...tensors, ...draws].map((one) => [one.name, one] as const))(
  "%s",
  (_, { uses = "", result, given, order, scalars, expected }) => {
    const found = evaluated(uses, result, given, order, scalars);
    expect(found).toHaveLength(expected.length);
    for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 12);
  },
);
