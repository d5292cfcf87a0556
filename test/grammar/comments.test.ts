import { describe, expect, test } from "vitest";
import { format, parse } from "../../grammar/index.ts";
import { CORPUS } from "./files.ts";
import { randomNumbers, tokensOf } from "./mutate.ts";

/** Puts a comment behind a token, or on a line of its own above it. */
function withComment(text: string, offset: number, own: boolean, label: string): string {
  const start = own ? text.lastIndexOf("\n", offset) + 1 : offset;
  const comment = own ? `  // ${label}\n` : ` // ${label}\n`;
  return text.slice(0, start) + comment + text.slice(start);
}

describe.each(CORPUS)("$path", ({ path, text }) => {
  const random = randomNumbers(text.length);
  const tokens = tokensOf(text);

  test("comments anywhere are kept, in order, and stay where they are put", () => {
    for (let turn = 0; turn < 60; turn += 1) {
      const places = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
        Math.floor(random() * tokens.length),
      ).sort((a, b) => b - a);
      let commented = text;
      for (const [index, at] of places.entries()) {
        commented = withComment(commented, tokens[at]?.end ?? 0, random() < 0.4, `${index}`);
      }
      const { tree, diagnostics } = parse(commented, path);
      // The comment's line break may have ended a statement too early.
      if (diagnostics.length > 0) continue;
      const formatted = format(commented, path);
      expect(formatted.diagnostics).toEqual([]);
      const kept = parse(formatted.text, path).tree.comments.map((comment) => comment.text);
      expect(kept).toEqual(tree.comments.map((comment) => comment.text));
      expect(format(formatted.text, path).text).toBe(formatted.text);
    }
  });
});
