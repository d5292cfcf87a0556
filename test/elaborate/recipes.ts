import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { resolveModules } from "../../compiler/check/modules.ts";
import type { Program } from "../../compiler/check/program.ts";
import { type Elaborated, type ElaborateOptions, elaborate } from "../../compiler/elaborate/elaborate.ts";
import { type Fact, wantKey } from "../../program/facts.ts";

const library = fileURLToPath(new URL("../../recipes/std/", import.meta.url));

/** Facts that hold a recipe's text and the library; data files are what `files` says. */
export function programOf(text: string, path = "test.recipe"): Program {
  const facts = new Map<string, Fact>([
    [wantKey({ kind: "source", path }), { kind: "source", text }],
  ]);
  for (;;) {
    const { program, wanted } = resolveModules(path, facts);
    if (wanted.length === 0) return program;
    for (const want of wanted) {
      facts.set(
        wantKey(want),
        want.kind === "library"
          ? { kind: "library", text: readFileSync(`${library}${want.name}.recipe`, "utf8") }
          : { kind: "missing" },
      );
    }
  }
}

export function elaborated(text: string, options: ElaborateOptions = {}): Elaborated {
  return elaborate(programOf(text), options);
}

export function recipeText(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../recipes/${name}`, import.meta.url)), "utf8");
}
