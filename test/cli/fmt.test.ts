import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inFolder, levain } from "./levain.ts";

const loose = "let   a=1 // one\n\n\n\nlet b = [1,2]\n";
const tidy = "let a = 1 // one\n\nlet b = [1, 2]\n";

describe("fmt", () => {
  test("rewrites a file, and leaves it alone afterwards", () =>
    inFolder(async (folder) => {
      const file = join(folder, "a.recipe");
      await writeFile(file, loose);
      const first = await levain(["fmt", "a.recipe"], { in: folder });
      expect(first).toEqual({ code: 0, out: "", err: "formatted a.recipe\n" });
      const once = await readFile(file, "utf8");
      expect(once.replaceAll(/ +\/\//g, " //")).toBe(tidy);
      const second = await levain(["fmt", "a.recipe"], { in: folder });
      expect(second).toEqual({ code: 0, out: "", err: "" });
      expect(await readFile(file, "utf8")).toBe(once);
    }));

  test("keeps CRLF line ends, and changes nothing else of the style", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "lf.recipe"), loose);
      await writeFile(join(folder, "crlf.recipe"), loose.replaceAll("\n", "\r\n"));
      expect((await levain(["fmt", "lf.recipe", "crlf.recipe"], { in: folder })).code).toBe(0);
      const lf = await readFile(join(folder, "lf.recipe"), "utf8");
      const crlf = await readFile(join(folder, "crlf.recipe"), "utf8");
      expect(crlf).toBe(lf.replaceAll("\n", "\r\n"));
    }));

  test("--check and --diff write nothing and exit with 1", () =>
    inFolder(async (folder) => {
      const file = join(folder, "a.recipe");
      await writeFile(file, loose);
      const check = await levain(["fmt", "--check", "a.recipe"], { in: folder });
      expect(check).toEqual({ code: 1, out: "", err: "would format a.recipe\n" });
      const diff = await levain(["fmt", "--diff", "a.recipe"], { in: folder });
      expect(diff.code).toBe(1);
      expect(diff.out).toMatch(/^--- a\.recipe\n\+\+\+ a\.recipe\n@@ -1,\d+ \+1,\d+ @@\n/);
      expect(diff.out).toContain("-let b = [1,2]\n+let b = [1, 2]");
      expect(await readFile(file, "utf8")).toBe(loose);
    }));

  test("reads stdin for -", async () => {
    const { code, out, err } = await levain(["fmt", "-"], { stdin: "let b = [1,2]\n" });
    expect({ code, out, err }).toEqual({ code: 0, out: "let b = [1, 2]\n", err: "" });
  });

  test("leaves a broken file as it is, and says why", () =>
    inFolder(async (folder) => {
      const file = join(folder, "a.recipe");
      await writeFile(file, "let a = [1,\nlet b = 2\n");
      const { code, out, err } = await levain(["fmt", "a.recipe"], { in: folder });
      expect(code).toBe(1);
      expect(out).toBe("");
      expect(err).toMatch(/^error\[LV01\d\d\]: /);
      expect(await readFile(file, "utf8")).toBe("let a = [1,\nlet b = 2\n");
    }));

  test("--json says what changed", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.recipe"), loose);
      const { out } = await levain(["fmt", "--check", "--json", "a.recipe"], { in: folder });
      expect(JSON.parse(out)).toEqual({
        files: [{ file: "a.recipe", changed: true, diagnostics: [] }],
      });
    }));

  test("a file that is not there is the machine's fault", async () => {
    const { code, err } = await levain(["fmt", "recipes/quickstrat.recipe"]);
    expect(code).toBe(3);
    expect(err).toContain("did you mean `recipes/quickstart.recipe`?");
  });
});
