import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";

const ANNOTATION = /^\s*\/\/\s*(\^+|@\d+-\d+) LV\d{4} /;

/** A recipe of a test without the comments that say what is expected of it. */
export function withoutAnnotations(text: string): string {
  return text
    .split("\n")
    .filter((line) => !ANNOTATION.test(line))
    .join("\n");
}

/**
 * The recipe with each diagnostic under the line where it begins: `//  ^^^ LV0201 message | help`.
 * What begins left of the fourth column cannot be pointed at and is written `// @1-5`.
 */
export function annotated(text: string, diagnostics: readonly Diagnostic[]): string {
  const lines = text.split("\n");
  const starts: number[] = [0];
  for (const line of lines) starts.push((starts[starts.length - 1] ?? 0) + line.length + 1);
  const below = new Map<number, string[]>();
  for (const { code, severity, message, help, place } of diagnostics) {
    const start = place.range?.start ?? 0;
    const at = starts.findIndex((_, index) => (starts[index + 1] ?? Infinity) > start);
    const column = start - (starts[at] ?? 0);
    const end = Math.min((place.range?.end ?? start) - (starts[at] ?? 0), lines[at]?.length ?? 0);
    const width = Math.max(end - column, 1);
    const pointer =
      column >= 3
        ? `//${" ".repeat(column - 2)}${"^".repeat(width)}`
        : `// @${column + 1}-${column + width}`;
    const words = severity === "error" ? message : `${severity}: ${message}`;
    const note = `${pointer} ${code} ${words}${help === undefined ? "" : ` | ${help}`}`;
    below.set(at, [...(below.get(at) ?? []), note]);
  }
  return lines.flatMap((line, at) => [line, ...(below.get(at) ?? [])]).join("\n");
}
