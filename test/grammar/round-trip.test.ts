import fc from "fast-check";
import { expect, test } from "vitest";
import { format, parse, print, sameTree } from "../../grammar/index.ts";
import { file } from "./trees.ts";

test("what is printed is read as the tree that was printed", () => {
  fc.assert(
    fc.property(file, (tree) => {
      const text = print(tree);
      const read = parse(text, tree.path);
      expect(read.diagnostics, text).toEqual([]);
      expect(sameTree(tree, read.tree), text).toBe(true);
    }),
    { numRuns: 1500, seed: 7 },
  );
}, 120_000);

test("what is printed is printed the same again", () => {
  fc.assert(
    fc.property(file, (tree) => {
      const once = print(tree);
      const again = format(once, tree.path);
      expect(again.diagnostics, once).toEqual([]);
      expect(again.text).toBe(once);
    }),
    { numRuns: 1500, seed: 11 },
  );
}, 120_000);
