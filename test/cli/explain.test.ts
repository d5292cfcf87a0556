import { readdirSync } from "node:fs";
import { createColors } from "picocolors";
import { describe, expect, test } from "vitest";
import { explanation } from "../../cli/explain/code.ts";
import { catalogue } from "../../program/diagnostics/catalogue/index.ts";
import { levain } from "./levain.ts";

describe("the catalogue", () => {
  test("has every file of its folder", async () => {
    const files = readdirSync("program/diagnostics/catalogue");
    for (const file of files.filter((name) => name !== "index.ts")) {
      const name = file.replace(/\.ts$/, "");
      const kinds = Object.values(
        await import(`../../program/diagnostics/catalogue/${name}.ts`),
      ) as { code: string }[];
      for (const { code } of kinds) {
        expect(catalogue.map((entry) => entry.code)).toContain(code);
      }
    }
  });

  test("uses no code twice", () => {
    const codes = catalogue.map((entry) => entry.code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  test("has at least 40 codes", () => {
    expect(catalogue.length).toBeGreaterThanOrEqual(40);
  });

  test.each(catalogue)("$code has a page", (entry) => {
    expect(entry.code).toMatch(/^LV\d{4}$/);
    expect(entry.title).not.toMatch(/[.]$/);
    const page = explanation(entry, createColors(false));
    expect(page).toContain(entry.code);
    expect(page).toMatch(/Wrong:[\s\S]*Right:|Cause:[\s\S]*What to do:/);
  });
});

describe("explain", () => {
  test("a code, as text and as JSON", async () => {
    const text = await levain(["explain", "lv0101"]);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/^LV0101 \(error\): .*\n[\s\S]*Wrong:[\s\S]*Right:/);
    const json = await levain(["explain", "LV0101", "--json"]);
    expect(Object.keys(JSON.parse(json.out))).toEqual([
      "code",
      "severity",
      "title",
      "why",
      "wrong",
      "right",
    ]);
  });

  test("a name of the library, with its defaults", async () => {
    const text = await levain(["explain", "adamw"]);
    expect(text.code).toBe(0);
    expect(text.out).toContain("use std/optimizers { adamw }");
    const json = await levain(["explain", "adamw", "--json"]);
    const { module, parameters } = JSON.parse(json.out);
    expect(module).toBe("std/optimizers");
    expect(parameters).toContainEqual({ name: "beta1", type: "Real", default: "0.9" });
  });
});
