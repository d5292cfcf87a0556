import { describe, expect, test } from "vitest";
import { lineAndColumn, parse, print, visit } from "../../grammar/index.ts";
import { CORPUS } from "./files.ts";
import { randomNumbers, SNIPPETS, tokensOf } from "./mutate.ts";

/** Reads a broken text; the tree covers it and each diagnostic has a place inside it. */
function read(text: string): ReturnType<typeof parse> {
  const parsed = parse(text, "broken.recipe");
  const { tree, diagnostics } = parsed;
  let end = 0;
  for (const item of tree.items) {
    if (item.span.start < end || item.span.end < item.span.start || item.span.end > text.length) {
      throw new Error(`items overlap or lie outside at ${item.span.start}`);
    }
    end = item.span.end;
  }
  for (const { place, code } of diagnostics) {
    const range = place.range;
    if (
      range === undefined ||
      range.start > range.end ||
      range.start < 0 ||
      range.end > text.length
    ) {
      throw new Error(`${code} has no place in the text`);
    }
  }
  return parsed;
}

describe.each(CORPUS)("$path", ({ text }) => {
  const tokens = tokensOf(text);

  test("every prefix gives a tree", () => {
    // Between tokens and inside each; in short files everywhere.
    const offsets =
      text.length < 3000
        ? [...text].map((_, index) => index)
        : tokens.flatMap(({ start, end }) => [start, (start + end) >> 1, end]);
    for (const offset of offsets) read(text.slice(0, offset));
  });

  test("every deleted, doubled and inserted token gives a tree and few diagnostics", () => {
    let changes = 0;
    let many = 0;
    let far = 0;
    for (const [index, token] of tokens.entries()) {
      const snippet = SNIPPETS[index % 33] ?? "";
      const changed = [
        text.slice(0, token.start) + text.slice(token.end),
        `${text.slice(0, token.end)} ${token.text}${text.slice(token.end)}`,
        `${text.slice(0, token.start)}${snippet} ${text.slice(token.start)}`,
      ];
      for (const broken of changed) {
        const { diagnostics } = read(broken);
        const line = lineAndColumn(broken, token.start).line;
        const lines = diagnostics.map(
          ({ place }) => lineAndColumn(broken, place.range?.start ?? 0).line,
        );
        changes += 1;
        if (diagnostics.length > 1) many += 1;
        if (lines.length > 0 && Math.min(...lines.map((at) => Math.abs(at - line))) > 3) far += 1;
      }
    }
    // One fault, one diagnostic, near its place: with few exceptions. A short file may be all brackets.
    expect(many).toBeLessThanOrEqual(Math.max(2, changes * 0.03));
    expect(far).toBeLessThanOrEqual(Math.max(2, changes * 0.03));
  });
});

describe("deep nesting", () => {
  const deep = (open: string, inner: string, close: string, levels: number) =>
    `let x = ${open.repeat(levels)}${inner}${close.repeat(levels)}\n`;

  const within: readonly string[] = [
    deep("(", "1", ")", 190),
    deep("[", "1", "]", 190),
    deep("f(", "1", ")", 190),
    deep("|a| ", "1", "", 190),
    deep("- ", "1", "", 190),
    deep("if a { 1 } else ", "{ 2 }", "", 190),
    `let x = ${"1 + ".repeat(900)}1\n`,
  ];
  test.each(within)("up to the limit there is no diagnostic (%#)", (text) => {
    expect(read(text).diagnostics).toEqual([]);
  });

  const beyond: readonly string[] = [
    deep("(", "1", ")", 300),
    deep("(", "1", "", 30000),
    deep("[", "", "", 30000),
    deep("{ a: ", "1", " }", 5000),
    deep("f { a: ", "1", " }", 5000),
    deep("|a| ", "1", "", 5000),
    deep("- ", "1", "", 5000),
    deep("not ", "a", "", 5000),
    deep("2 ^ ", "2", "", 5000),
    deep("if a { 1 } else ", "{ 2 }", "", 5000),
    deep("for a in ", "b", " { 1 }", 5000),
    `let x = ${"1 + ".repeat(20000)}1\n`,
    `let x = a${".b".repeat(20000)}\n`,
    `let x = f${"()".repeat(20000)}\n`,
    `let x = a${" |> f".repeat(20000)}\n`,
    `input x: ${"[".repeat(5000)}Real${"]".repeat(5000)}\n`,
    `input x: ${"(A) -> ".repeat(5000)}Real\n`,
    `let x = ${"((a + a + a + a + a".repeat(199)}${"))".repeat(199)}\n`,
  ];
  test.each(beyond)("past the limit there is one diagnostic (%#)", (text) => {
    const { tree, diagnostics } = read(text);
    expect(diagnostics.map(({ code }) => code)).toEqual(["LV0107"]);
    for (const item of tree.items) visit(item, () => true);
    print(tree);
  });
});

test("a long text without sense gives a tree", () => {
  const random = randomNumbers(1);
  const characters = [..."(){}[]\n\n,:=|.\"'abc let fn 1 2 \u0000\u00e9\ud83d\ude00@#;/"];
  const text = Array.from({ length: 200_000 }, () => {
    return characters[Math.floor(random() * characters.length)] ?? "";
  }).join("");
  print(read(text).tree);
  print(read("f(\n".repeat(50_000)).tree);
  print(read("let a = (\n".repeat(20_000)).tree);
  print(read("@\n".repeat(50_000)).tree);
  print(read("}\n{\n".repeat(50_000)).tree);
});

test("odd texts give a tree", () => {
  for (const text of [
    "",
    " ",
    "\ufeff",
    "\0",
    "\r",
    "\ud800",
    "}",
    "{",
    '"',
    "…",
    "///",
    "\n\n\n",
  ]) {
    print(read(text).tree);
  }
});
