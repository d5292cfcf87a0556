import { describe, expect, test } from "vitest";
import { format, parse, print, sameTree } from "../../grammar/index.ts";
import { CORPUS } from "./files.ts";

/** The same text with the other line ends. */
function carriageReturns(text: string): string {
  return text.replace(/\r?\n/g, "\r\n");
}

describe.each(CORPUS)("$path", ({ path, text }) => {
  const { tree, diagnostics } = parse(text, path);

  test("is read without diagnostics", () => {
    expect(diagnostics).toEqual([]);
  });

  test("is printed as the same tree with the same comments", () => {
    const again = parse(print(tree), path);
    expect(again.diagnostics).toEqual([]);
    expect(sameTree(tree, again.tree)).toBe(true);
    const comments = (file: typeof tree) => file.comments.map((comment) => comment.text);
    expect(comments(again.tree)).toEqual(comments(tree));
  });

  test("is printed once and for all", () => {
    const once = format(text, path);
    expect(once.diagnostics).toEqual([]);
    expect(format(once.text, path).text).toBe(once.text);
  });

  test("has a twin with the other line ends", () => {
    const twin = parse(carriageReturns(text), path);
    expect(twin.diagnostics).toEqual([]);
    expect(sameTree(tree, twin.tree)).toBe(true);
    expect(format(carriageReturns(text), path).text).toBe(carriageReturns(format(text, path).text));
  });
});
