import { describe, expect, test } from "vitest";
import { levain } from "./levain.ts";

const commands = ["check", "plan", "run", "sample", "fmt", "explain", "doctor", "emit", "new"];

describe("help", () => {
  test.each(commands)("of %s has an example and --json", async (command) => {
    const { code, out, err } = await levain([command, "--help"]);
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out).toContain("Examples:");
    expect(out).toMatch(new RegExp(`^ {2}levain ${command}\\b`, "m"));
    expect(out).toContain("--json");
  });

  test("of the program names every command and the exit codes", async () => {
    const { code, out } = await levain(["--help"]);
    expect(code).toBe(0);
    for (const command of commands) expect(out).toMatch(new RegExp(`^ {2}${command} `, "m"));
    expect(out).toContain("70 a bug in Levain");
  });

  test("--version is the package's", async () => {
    const { code, out } = await levain(["--version"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("usage errors", () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ["no command", [], "Usage: levain"],
    ["an unknown command", ["chekc", "a.recipe"], "Did you mean check?"],
    ["an unknown option", ["check", "--jsn", "a.recipe"], "Did you mean --json?"],
    ["a missing argument", ["plan"], "missing required argument 'FILE'"],
    ["a target that does not exist", ["run", "a.recipe", "--target", "tpu"], "cpu, webgpu"],
    ["a form that does not exist", ["emit", "a.recipe", "--as", "ptx"], "wgsl"],
    ["an assignment without a value", ["run", "a.recipe", "--set", "duration"], "NAME=VALUE"],
    ["a number that is none", ["sample", "x", "--tokens", "many"], "whole number"],
    ["an unknown code", ["explain", "LV9999"], "no diagnostic LV9999"],
    ["an unknown name", ["explain", "adamv"], "did you mean `adamw`?"],
    ["a recipe to explain without a setting", ["explain", "a.recipe"], "--setting"],
    ["a name that is no name", ["new", "../x"], "begins with a letter"],
    ["stdin beside files", ["fmt", "-", "a.recipe"], "stands alone"],
  ];

  test.each(cases)("%s: code 2, and why on stderr", async (_, words, expected) => {
    const { code, out, err } = await levain(words);
    expect(err).toContain(expected);
    expect(out).toBe("");
    expect(code).toBe(2);
  });
});
