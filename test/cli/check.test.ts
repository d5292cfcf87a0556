import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inFolder, levain } from "./levain.ts";

const wrong = "let depth = 4\nlet twice = 2 * dephth\n";

describe("check", () => {
  test("says nothing on stdout of a right recipe, and ok on stderr", async () => {
    const { code, out, err } = await levain(["check", "recipes/quickstart.recipe"]);
    expect({ code, out, err }).toEqual({ code: 0, out: "", err: "ok recipes/quickstart.recipe\n" });
  });

  test("--json has the form that scripts rely on", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.recipe"), wrong);
      const { code, out, err } = await levain(["check", "--json", "a.recipe"], { in: folder });
      expect(code).toBe(1);
      expect(err).toBe("");
      const { diagnostics } = JSON.parse(out);
      expect(diagnostics).toHaveLength(1);
      const [first] = diagnostics;
      expect(Object.keys(first).sort()).toEqual([
        "code",
        "file",
        "fixes",
        "help",
        "message",
        "range",
        "related",
        "severity",
      ]);
      expect(first).toMatchObject({
        code: "LV0201",
        severity: "error",
        file: "a.recipe",
        range: { start: { line: 2, column: 17 }, end: { line: 2, column: 23 } },
      });
    }));

  test("--json of a right recipe is an empty list", async () => {
    const { code, out } = await levain(["check", "--json", "recipes/quickstart.recipe"]);
    expect(code).toBe(0);
    expect(out).toBe('{"diagnostics":[]}\n');
  });

  test("shows the place, what to do, and how to read more", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.recipe"), wrong);
      const { code, out, err } = await levain(["check", "a.recipe"], { in: folder });
      expect(code).toBe(1);
      expect(out).toBe("");
      expect(err).toContain(" --> a.recipe:2:17\n");
      expect(err).toContain("2 | let twice = 2 * dephth\n  |                 ^^^^^^\n");
      expect(err).toContain("did you mean `depth`?");
      expect(err).toContain("1 error; `levain explain LV0201`");
    }));

  test("has no colour where stderr is a file, and with NO_COLOR; FORCE_COLOR asks for it", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.recipe"), wrong);
      const colours = async (env: Record<string, string>) =>
        (await levain(["check", "a.recipe"], { in: folder, env })).err.includes("\u001b[");
      expect(await colours({})).toBe(false);
      expect(await colours({ FORCE_COLOR: "1" })).toBe(true);
      expect(await colours({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
    }));

  test("several files are reported together", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.recipe"), wrong);
      await writeFile(join(folder, "b.recipe"), "let a = 1\n");
      const { code, out } = await levain(["check", "--json", "a.recipe", "b.recipe", "c.recipe"], {
        in: folder,
      });
      expect(code).toBe(1);
      const found = JSON.parse(out).diagnostics as { file: string; code: string }[];
      expect(found.map(({ file, code: found }) => `${file} ${found}`)).toEqual([
        "a.recipe LV0201",
        "c.recipe LV0001",
      ]);
    }));

  test("a missing recipe, a folder and bytes that are no text are the machine's fault", () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, "d"));
      await writeFile(join(folder, "d", "one.recipe"), "");
      await writeFile(join(folder, "latin.recipe"), Buffer.from("// caf\xe9\n", "latin1"));
      const at = async (name: string) => levain(["check", name], { in: folder });
      expect(await at("nothing.recipe")).toMatchObject({ code: 3 });
      const isFolder = await at("d");
      expect(isFolder.code).toBe(3);
      expect(isFolder.err).toContain("did you mean `d/one.recipe`?");
      const latin = await at("latin.recipe");
      expect(latin.code).toBe(3);
      expect(latin.err).toContain("latin.recipe:1:7");
      expect(latin.err).toContain("0xe9");
    }));

  test("--set gives an input another value", () =>
    inFolder(async (folder) => {
      await writeFile(
        join(folder, "a.recipe"),
        'input size: "small" | "large" = "small"\nlet width = size\n',
      );
      const set = (value: string) => levain(["check", "a.recipe", "--set", value], { in: folder });
      expect((await set('size="large"')).code).toBe(0);
      expect((await set("size=large")).code).toBe(0);
      expect((await set('size="huge"')).code).toBe(2);
      expect((await set("sise=1")).code).toBe(2);
    }));

  test("--all finds what only another choice of an input shows", () =>
    inFolder(async (folder) => {
      const text =
        'input size: "small" | "large" = "small"\nlet width = if size == "small" { 64 } else { 64 + true }\n';
      await writeFile(join(folder, "a.recipe"), text);
      expect((await levain(["check", "a.recipe"], { in: folder })).code).toBe(0);
      expect((await levain(["check", "--all", "a.recipe"], { in: folder })).code).toBe(1);
    }));
});
