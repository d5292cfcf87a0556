import fc from "fast-check";
import { expect, test } from "vitest";
import type { Pipeline } from "../../program/pipeline.ts";
import { openContext } from "../../runtime/data/context.ts";
import { measure } from "../../runtime/data/measure.ts";
import { sourceNames } from "../../runtime/data/sources/table.ts";
import { openStream } from "../../runtime/data/stream.ts";
import { tokenizerNames } from "../../runtime/text/tokenizers.ts";
import { bytePair, chunks, memoryHost, shuffle, split, take, text, tokenize } from "./memory.ts";

const lines = Array.from({ length: 101 }, (_, index) => `line ${index} of the text\n`).join("");
const file = text("a.txt");

function open(content: Uint8Array | string) {
  return openContext(memoryHost({ "a.txt": content }));
}

async function documents(pipeline: Pipeline, content: Uint8Array | string, epoch = 0) {
  const rows = await open(content).rows(pipeline, epoch);
  if (rows.kind !== "documents") throw new Error("text was expected");
  return Array.from({ length: rows.length }, (_, index) => rows.row(index));
}

test("lines keep their line breaks, and together they are the file", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom("a", "\n", "\r", "é", "🙂", "\u2028"), minLength: 1 }),
      async (content) => {
        const rows = await documents(file, content);
        expect(rows.join("")).toBe(content);
        for (const row of rows.slice(0, -1)) expect(row).toMatch(/^[^\n]*\n$/);
      },
    ),
  );
  expect(await documents(file, Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x0a))).toEqual(["a\n"]);
});

test("a split has every row once, the last ones held out", async () => {
  const train = await documents(split(file, 0.05, "train"), lines);
  const heldOut = await documents(split(file, 0.05, "held_out"), lines);
  expect([train.length, heldOut.length]).toEqual([96, 5]);
  expect([...train, ...heldOut].join("")).toBe(lines);
});

test("a split and a choice of shuffled rows are the same in every epoch", async () => {
  const mixed = shuffle(file, 3);
  for (const pipeline of [
    split(mixed, 0.2, "train"),
    split(mixed, 0.2, "held_out"),
    take(mixed, 9),
  ]) {
    expect(await documents(pipeline, lines, 5)).toEqual(await documents(pipeline, lines, 0));
  }
});

test("an epoch is shuffled in an order of its own that only seed and epoch decide", async () => {
  const orders = [];
  for (const [seed, epoch] of [
    [0, 0],
    [0, 1],
    [1, 0],
  ] as const) {
    const order = await documents(shuffle(file, seed), lines, epoch);
    expect(order).toEqual(await documents(shuffle(file, seed), lines, epoch));
    expect([...order].sort()).toEqual((await documents(file, lines)).sort());
    orders.push(order.join(""));
  }
  expect(new Set([...orders, lines]).size).toBe(4);
});

test("chunks are the tokens laid end to end, and what is left over is counted", async () => {
  const tokens = tokenize(file, bytePair(file, 270));
  const context = open(lines);
  const rows = await context.rows(chunks(tokens, 37), 0);
  const whole = await context.rows(tokens, 0);
  if (rows.kind !== "tokens" || whole.kind !== "tokens") throw new Error("tokens were expected");
  const ids = Array.from({ length: rows.length }, (_, index) => Array.from(rows.row(index).id));
  expect(ids.every((row) => row.length === 37)).toBe(true);
  expect(lines.startsWith(rows.tokenizer.decode(ids.flat()))).toBe(true);
  expect(ids.flat().length + rows.dropped).toBe(whole.tokens);
  expect(rows.dropped).toBeLessThan(37);
  expect(Array.from(rows.row(1).position)).toEqual(Array.from({ length: 37 }, (_, place) => place));

  const measured = await measure(chunks(tokens, 37), context);
  const bytes = Buffer.byteLength(rows.tokenizer.decode(ids.flat()));
  expect(measured).toEqual({
    ok: true,
    value: { rows: rows.length, tokens: rows.tokens, bytes, dropped: rows.dropped },
  });
});

test("the rows from any position are the rest of the rows from the beginning", async () => {
  const pipeline = chunks(shuffle(tokenize(file, bytePair(file, 270)), 7), 50);
  const read = async (from: number, count: number): Promise<readonly string[]> => {
    const rows: string[] = [];
    for await (const row of (await openStream(pipeline, open(lines))).rows(from)) {
      rows.push(row.id.join(" "));
      if (rows.length === count) break;
    }
    return rows;
  };
  const { length } = await openStream(pipeline, open(lines));
  const all = await read(0, 3 * length);
  expect(all.slice(0, length)).not.toEqual(all.slice(length, 2 * length));
  for (const from of [1, length - 1, length, 2 * length + 1]) {
    expect(await read(from, 3 * length - from)).toEqual(all.slice(from));
  }
});

test("equal data are opened once, whatever the places of their words", async () => {
  const context = open(lines);
  const elsewhere = { ...file, place: { file: "b.recipe" } };
  expect(await context.rows(file, 0)).toBe(await context.rows(elsewhere, 3));
});

test("the library names the rows of the tables, all of them", async () => {
  const { readFileSync } = await import("node:fs");
  const prelude = readFileSync("recipes/std/prelude.recipe", "utf8");
  const named = (kind: string): readonly string[] =>
    Array.from(
      prelude.matchAll(new RegExp(`= ${kind} "([a-z_]+)"`, "g")),
      ([, name]) => name ?? "",
    );
  expect([...sourceNames].sort()).toEqual([...named("source")].sort());
  expect([...tokenizerNames].sort()).toEqual([...named("tokenizer")].sort());
});

const place = { file: "case.recipe", range: { start: 0, end: 4 } };

/** What is wrong, the pipeline that reads it, and what the reader is told. */
const refusals: readonly {
  readonly what: string;
  readonly content?: Uint8Array | string;
  readonly pipeline: Pipeline;
  readonly expected: object;
}[] = [
  {
    what: "a missing file",
    pipeline: text("b.txt"),
    expected: { code: "LV1001", message: "there is no file `b.txt` that can be read", place },
  },
  { what: "an empty file", content: "", pipeline: file, expected: { code: "LV1002", place } },
  {
    what: "only a byte order mark",
    content: Uint8Array.of(0xef, 0xbb, 0xbf),
    pipeline: file,
    expected: { code: "LV1002", place },
  },
  {
    what: "a byte that is no character",
    content: Uint8Array.of(0x61, 0x0a, 0xc3, 0xa9, 0x62, 0xff, 0x0a),
    pipeline: file,
    expected: {
      code: "LV1003",
      message: "expected UTF-8 text, found the byte 0xFF that belongs to no character",
      place: { file: "a.txt", line: 2, column: 3 },
      related: [{ place, message: "read as text here" }],
    },
  },
  {
    what: "a surrogate in the middle",
    content: Uint8Array.of(0x61, 0xed, 0xa0, 0x80),
    pipeline: file,
    expected: { code: "LV1003", place: { file: "a.txt", line: 1, column: 2 } },
  },
  {
    what: "a character that is cut off at the end",
    content: Uint8Array.of(0x61, 0xf0, 0x9f, 0x99),
    pipeline: file,
    expected: { code: "LV1003", place: { file: "a.txt", line: 1, column: 2 } },
  },
  {
    what: "a held-out part too small for one chunk",
    content: lines,
    pipeline: chunks(tokenize(split(file, 0.01, "held_out"), bytePair(file, 256)), 128),
    expected: {
      code: "LV1004",
      message: "the part `held_out` has 21 tokens, fewer than the 128 of one row",
      help: "hold out a larger share, or cut shorter chunks",
      place,
    },
  },
  {
    what: "a tokenizer larger than the text can give",
    content: "aaaa bbbb\naaaa\n",
    pipeline: tokenize(file, bytePair(file, 1024)),
    expected: {
      code: "LV1005",
      message: "the text gives at most 259 tokens, 1024 were asked for",
      place,
    },
  },
  {
    what: "a tokenizer without room for the bytes",
    content: lines,
    pipeline: tokenize(file, bytePair(file, 100)),
    expected: { code: "LV1006", place },
  },
  {
    what: "nothing held out",
    content: lines,
    pipeline: split(file, 0, "held_out"),
    expected: {
      code: "LV1007",
      message: "the part `held_out` of 101 rows has none when 0% are held out",
      place,
    },
  },
  {
    what: "all held out",
    content: lines,
    pipeline: split(file, 1, "train"),
    expected: { code: "LV1007", place },
  },
  {
    what: "no row taken",
    content: lines,
    pipeline: take(file, 0),
    expected: { code: "LV1008", place },
  },
];

test.each(refusals)("$what is refused", async ({ content, pipeline, expected }) => {
  const host = memoryHost(content === undefined ? {} : { "a.txt": content });
  expect(await measure(pipeline, openContext(host))).toMatchObject({
    ok: false,
    diagnostics: [expected],
  });
});

test("the byte that is found is where the strict decoder of the platform first fails", async () => {
  const { findInvalidByte } = await import("../../runtime/data/utf8.ts");
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          0x0a,
          0x61,
          0x80,
          0xbf,
          0xc2,
          0xe0,
          0xa0,
          0xed,
          0x9f,
          0xf0,
          0x90,
          0xf4,
          0x8f,
          0xf5,
        ),
        {
          maxLength: 8,
        },
      ),
      (values) => {
        const bytes = Uint8Array.from(values);
        const decodes = (part: Uint8Array): boolean => {
          try {
            new TextDecoder("utf-8", { fatal: true }).decode(part);
            return true;
          } catch {
            return false;
          }
        };
        const found = findInvalidByte(bytes);
        expect(found === undefined).toBe(decodes(bytes));
        if (found === undefined) return;
        // The good characters before it: all lines but the last whole, of the last all columns but one.
        const good = Array.from({ length: bytes.length }, (_, end) => bytes.subarray(0, end))
          .filter(decodes)
          .map((part) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(part));
        const longest = (good.at(-1) ?? "").split("\n");
        expect(found.line).toBe(longest.length);
        expect(found.column).toBe([...(longest.at(-1) ?? "")].length + 1);
      },
    ),
    { numRuns: 2000 },
  );
});
