import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { format } from "../../grammar/index.ts";

const ROOT = fileURLToPath(new URL("./format/", import.meta.url));

/** Cases are separated by `==== name`; after `---- formatted` stands what the text becomes. */
const CASES = readdirSync(ROOT)
  .sort()
  .flatMap((file) =>
    readFileSync(ROOT + file, "utf8")
      .split(/^==== /m)
      .slice(1),
  )
  .map((written) => {
    const [head = "", ...rest] = written.split("\n");
    const [before = "", after] = rest.join("\n").split(/^---- formatted\n/m);
    return { name: head, before, after: after ?? before };
  });

describe("format", () => {
  test.each(CASES)("$name", ({ before, after }) => {
    const formatted = format(before, "case.recipe");
    expect(formatted).toEqual({ text: after, diagnostics: [] });
    expect(format(after, "case.recipe").text).toBe(after);
  });

  test("a file with errors is left as it is", () => {
    const text = "let  a = (1\n";
    const formatted = format(text, "case.recipe");
    expect(formatted.text).toBe(text);
    expect(formatted.diagnostics.map(({ code }) => code)).toEqual(["LV0101"]);
  });

  const ENDINGS: readonly (readonly [string, string])[] = [
    ["", ""],
    ["\n\n", ""],
    ["// alone", "// alone\n"],
    ["let  a = 1", "let a = 1\n"],
    ["let  a = 1\n\n\n\nlet b = 2\n\n\n", "let a = 1\n\nlet b = 2\n"],
    ["let  a = 1\r\n\r\n\r\nlet b = 2", "let a = 1\r\n\r\nlet b = 2\r\n"],
    ["let  a = 1\r\nlet b = 2\n", "let a = 1\r\nlet b = 2\r\n"],
    ["\ufefflet  a = 1\n", "\ufefflet a = 1\n"],
    ["\tlet a\t=  1\n", "let a = 1\n"],
    ['let a = """x\r\ny"""\r\n', 'let a = """x\r\ny"""\r\n'],
    ["let a = ...\n", "let a = …\n"],
    ["let a = 1   \n// b   \n", "let a = 1\n// b\n"],
  ];
  test.each(ENDINGS)("ends and marks: %j", (before, after) => {
    expect(format(before, "case.recipe")).toEqual({ text: after, diagnostics: [] });
    expect(format(after, "case.recipe").text).toBe(after);
  });
});
