import { describe, expect, test } from "vitest";
import { lineAndColumn, parse } from "../../grammar/index.ts";
import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { readCases } from "./cases.ts";

/** `line:column length code message`; a range over several lines is cut at the end of its first. */
function shown(text: string, { code, message, place }: Diagnostic): string {
  const { start, end } = place.range ?? { start: 0, end: 0 };
  const { line, column } = lineAndColumn(text, start);
  const lineEnd = text.indexOf("\n", start) < 0 ? text.length : text.indexOf("\n", start);
  const length = Math.max(1, Math.min(end, lineEnd) - start);
  return `${line}:${column} ${length} ${code} ${message}`;
}

function withCertainFixes(text: string, diagnostics: readonly Diagnostic[]): string {
  const edits = diagnostics
    .flatMap(({ fixes }) => fixes.filter((fix) => fix.applicability === "certain"))
    .flatMap((fix) => fix.edits)
    .sort((a, b) => b.range.start - a.range.start);
  return edits.reduce(
    (changed, { range, text: put }) =>
      changed.slice(0, range.start) + put + changed.slice(range.end),
    text,
  );
}

describe("diagnostics", () => {
  test.each(readCases("diagnostics"))("$name", ({ text, expected, fixed }) => {
    const { diagnostics } = parse(text, "case.recipe");
    expect(diagnostics.map((diagnostic) => shown(text, diagnostic))).toEqual(expected);
    if (fixed !== undefined) expect(withCertainFixes(text, diagnostics)).toBe(fixed);
  });
});

const KINDS = Object.values(syntax).flatMap((kind) =>
  "wrong" in kind.explain ? [{ code: kind.code, ...kind.explain }] : [],
);

describe("explanations", () => {
  test.each(KINDS)("$code", ({ code, wrong, right }) => {
    const codes = (text: string) =>
      parse(text, "explained.recipe").diagnostics.map((one) => one.code);
    expect(codes(wrong)).toEqual([code]);
    expect(codes(right)).toEqual([]);
  });

  test("codes are in the range of the grammar and none is used twice", () => {
    const codes = Object.values(syntax).map((kind) => kind.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^LV01[0-4]\d$/);
  });
});
