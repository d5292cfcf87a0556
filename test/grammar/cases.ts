import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A recipe with what must be said about it. */
export interface DiagnosticCase {
  readonly name: string;
  readonly text: string;
  /** `line:column length code message`, in order. */
  readonly expected: readonly string[];
  /** The text after all certain fixes, where the case has one. */
  readonly fixed: string | undefined;
}

const MARK = /^( *)(\^+) (LV\d{4} .*)$/;

/**
 * Cases are separated by `==== name`. A line of `^` with a code and a message belongs to the line
 * of the recipe above it; after `---- fixed` stands what the certain fixes make of the recipe.
 */
export function readCases(folder: string): readonly DiagnosticCase[] {
  const root = fileURLToPath(new URL(`./${folder}/`, import.meta.url));
  return readdirSync(root)
    .sort()
    .flatMap((file) => {
      const cases = readFileSync(root + file, "utf8")
        .split(/^==== /m)
        .slice(1);
      return cases.map((written) => readCase(file.replace(/\.txt$/, ""), written));
    });
}

function readCase(group: string, written: string): DiagnosticCase {
  const [head = "", ...rest] = written.split("\n");
  const [marked = "", fixed] = rest.join("\n").split(/^---- fixed\n/m);
  const lines: string[] = [];
  const expected: string[] = [];
  for (const line of marked.split("\n")) {
    const mark = MARK.exec(line);
    const [, before = "", carets = "", message = ""] = mark ?? [];
    if (mark === null) lines.push(line);
    else expected.push(`${lines.length}:${before.length + 1} ${carets.length} ${message}`);
  }
  return { name: `${group}: ${head}`, text: lines.join("\n"), expected, fixed };
}
