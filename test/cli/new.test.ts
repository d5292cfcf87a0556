import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inFolder, levain } from "./levain.ts";

describe("new", () => {
  test("writes a recipe that is right, formatted and may be changed", () =>
    inFolder(async (folder) => {
      const made = await levain(["new", "poems", "--json"], { in: folder });
      expect(made.code).toBe(0);
      expect(JSON.parse(made.out)).toEqual({
        recipe: join("poems", "poems.recipe"),
        files: [join("poems", "poems.recipe"), join("poems", "data", "shakespeare.txt")],
      });
      const text = await readFile(join(folder, "poems", "poems.recipe"), "utf8");
      expect(text).not.toContain("starter");
      const data = await stat(join(folder, "poems", "data", "shakespeare.txt"));
      expect(data.mode & 0o200).not.toBe(0);
      expect((await levain(["check", "poems/poems.recipe"], { in: folder })).code).toBe(0);
      expect((await levain(["fmt", "--check", "poems/poems.recipe"], { in: folder })).code).toBe(0);
    }));

  test("does not write into a folder that is in use", () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, "poems"));
      await writeFile(join(folder, "poems", "mine.txt"), "mine");
      const { code, err } = await levain(["new", "poems"], { in: folder });
      expect(code).toBe(3);
      expect(err).toContain("poems/ exists and is not empty");
    }));

  test("says which path cannot be written, without a stack", () =>
    inFolder(async (folder) => {
      if (process.getuid?.() === 0) await writeFile(join(folder, "poems"), "a file in the way");
      else await chmod(folder, 0o500);
      const { code, err } = await levain(["new", "poems"], { in: folder });
      expect(code).toBe(3);
      expect(err).toMatch(/^error: .*poems/);
      expect(err).not.toContain("    at ");
      await chmod(folder, 0o700);
    }));
});
