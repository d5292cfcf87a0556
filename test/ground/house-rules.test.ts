import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const files = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
  .split("\0")
  .filter((file) => file !== "" && existsSync(file));

/** Spelled in pieces, so that this file does not break its own rules. */
const markers = new RegExp(
  [
    "TO" + "DO",
    "FIX" + "ME",
    "ts-" + "ignore",
    "ts-" + "nocheck",
    "ts-" + "expect",
    "biome-" + "ignore",
  ].join("|"),
);
/** Methods and models are written in recipes/std; these words have no business in the code. */
const methods = /\b(dpo|grpo|ppo|kto|orpo|simpo|lora|dora|qwen2?|llama|adamw?|sgd|muon)\b/i;
const registries = new RegExp(
  ["npmjs", "pypi", "debian"].map((name) => `${name}\\.(org|net)`).join("|"),
);

function linesThatMatch(pattern: RegExp, names: readonly string[]): readonly string[] {
  return names.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

test("nothing is left to be done later", () => {
  const sources = files.filter((file) => /\.(ts|cjs|recipe)$/.test(file));
  expect(linesThatMatch(markers, sources)).toEqual([]);
});

test("the compiler and the runtime know no method and no model", () => {
  const rooms = files.filter((file) => /^(program|grammar|compiler|runtime)\/.*\.ts$/.test(file));
  expect(linesThatMatch(methods, rooms)).toEqual([]);
});

test("no package registry is written down", () => {
  const texts = files.filter((file) => /\.(ts|cjs|json|md|recipe|py)$|^\.npmrc$|^\.ci/.test(file));
  expect(linesThatMatch(registries, texts)).toEqual([]);
});

test("the lock file holds versions and hashes, and says nowhere where they come from", () => {
  expect(linesThatMatch(/"resolved"/, ["package-lock.json"])).toEqual([]);
});

test("every version is exact", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Readonly<
    Record<string, Readonly<Record<string, string>>>
  >;
  const versions = ["dependencies", "optionalDependencies", "devDependencies"].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}),
  );
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
