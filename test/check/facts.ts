import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type CheckOptions, type CheckResult, check } from "../../compiler/check/index.ts";
import { type Fact, type Want, wantKey } from "../../program/facts.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const library = new Map<string, Fact>();

/** Data files that recipes in tests may name; all others are missing. */
const FILES: ReadonlyMap<string, Fact> = new Map<string, Fact>([
  ["data/shakespeare.txt", { kind: "file", bytes: 1_115_394, digest: "0", invalid: undefined }],
  ["data/empty.txt", { kind: "file", bytes: 0, digest: "1", invalid: undefined }],
  [
    "data/latin1.txt",
    { kind: "file", bytes: 12, digest: "2", invalid: { line: 2, column: 5, byte: 0xe9 } },
  ],
]);

function factFor(want: Want, sources: ReadonlyMap<string, string>): Fact {
  switch (want.kind) {
    case "library": {
      const known = library.get(want.name);
      if (known !== undefined) return known;
      const path = `${root}recipes/std/${want.name}.recipe`;
      const fact: Fact = existsSync(path)
        ? { kind: "library", text: readFileSync(path, "utf8") }
        : { kind: "missing" };
      library.set(want.name, fact);
      return fact;
    }
    case "source": {
      const text = sources.get(want.path);
      return text === undefined ? { kind: "missing" } : { kind: "source", text };
    }
    case "file":
      return FILES.get(want.path) ?? { kind: "missing" };
  }
}

/** Checks a recipe of a test as a composer does: facts are fetched until nothing is wanted. */
export function checkText(
  text: string,
  options: CheckOptions & {
    readonly path?: string;
    readonly sources?: ReadonlyMap<string, string>;
  } = {},
): CheckResult {
  const path = options.path ?? "recipe.recipe";
  const sources = new Map([...(options.sources ?? []), [path, text]]);
  const facts = new Map<string, Fact>();
  for (let round = 0; ; round += 1) {
    const result = check(path, facts, options);
    if (result.wanted.length === 0) return result;
    if (round > 8) throw new Error(`still wanted: ${result.wanted.map(wantKey).join(", ")}`);
    for (const want of result.wanted) facts.set(wantKey(want), factFor(want, sources));
  }
}
