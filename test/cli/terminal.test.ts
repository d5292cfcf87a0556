import { createColors } from "picocolors";
import { describe, expect, test } from "vitest";
import { diagnosticJson } from "../../cli/diagnostic-json.ts";
import { amount, bytes, compact, duration } from "../../cli/terminal/amount.ts";
import { drawCurve } from "../../cli/terminal/curve.ts";
import { renderDiagnostic } from "../../cli/terminal/diagnostics.ts";
import { unifiedDiff } from "../../cli/terminal/line-diff.ts";
import { positionOf, splitLines } from "../../cli/terminal/source-lines.ts";
import { cut, displayWidth, pad, printable } from "../../cli/terminal/width.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";

const plain = createColors(false);
const text = 'let a = 1\nlet 日本 = "𐐀" + b\nlet c = 3\n\nlet d = e\n';

function range(piece: string) {
  const start = text.indexOf(piece);
  return { start, end: start + piece.length };
}

const diagnostic: Diagnostic = {
  code: "LV0999",
  severity: "error",
  message: "expected this, found that",
  place: { file: "x.recipe", range: range("b\n") },
  related: [
    { place: { file: "x.recipe", range: range("e\n") }, message: "promised here" },
    { place: { file: "std/models", range: { start: 0, end: 3 } }, message: "and here" },
    { place: { file: "data/a.txt", line: 3, column: 2 }, message: "as this row shows" },
  ],
  help: "write it\nover two lines",
  fixes: [
    {
      title: "write `a` instead",
      applicability: "certain",
      edits: [
        {
          file: "x.recipe",
          range: { start: range("b\n").start, end: range("b\n").start + 1 },
          text: "a",
        },
      ],
    },
  ],
};

const sources = (file: string) => ({ "x.recipe": text, "std/models": "fn f()" })[file];

describe("a diagnostic on the terminal", () => {
  test("underlines by display width, and shows related places, help and the fixed line", () => {
    expect(renderDiagnostic(diagnostic, sources, plain).split("\n")).toEqual([
      "error[LV0999]: expected this, found that",
      " --> x.recipe:2:17",
      "  |",
      '2 | let 日本 = "𐐀" + b',
      "  |                  ^",
      "...",
      "5 | let d = e",
      "  |         - promised here",
      "  |",
      " ::: std/models:1:1",
      "  |",
      "1 | fn f()",
      "  | --- and here",
      "  |",
      " ::: data/a.txt:3:2",
      "  = note: as this row shows (data/a.txt:3:2)",
      "  = help: write it",
      "          over two lines",
      "  = fix: write `a` instead",
      '2 + let 日本 = "𐐀" + a',
    ]);
  });

  test("as JSON has lines and columns from 1, ends exclusive", () => {
    const json = diagnosticJson(diagnostic, sources);
    expect(json.range).toEqual({ start: { line: 2, column: 17 }, end: { line: 3, column: 1 } });
    expect(json.related[2]).toEqual({
      message: "as this row shows",
      file: "data/a.txt",
      range: { start: { line: 3, column: 2 }, end: { line: 3, column: 3 } },
    });
    expect(json.fixes[0]?.edits[0]?.text).toBe("a");
  });

  test("shows control characters as signs, so that a file cannot write to the terminal", () => {
    expect(printable("a\u001b[31m\tb\u202e")).toBe("a␛[31m  b\ufffd");
  });
});

describe("columns", () => {
  test.each([
    ["abc", 3],
    ["日本", 4],
    ["e\u0301", 1],
    ["👩‍👩‍👧", 2],
    ["", 0],
  ])("of %s", (sample, width) => {
    expect(displayWidth(sample)).toBe(width);
  });

  test("are filled and cut", () => {
    expect(pad("日", 4)).toBe("日  ");
    expect(pad("7", 3, "left")).toBe("  7");
    expect(cut("日本語", 4)).toBe("日…");
  });

  test.each(["a\nb\nc", "a\r\nb\r\nc", "a\rb\rc"])("of lines in %j", (sample) => {
    const source = splitLines(sample);
    expect(source.lines).toEqual(["a", "b", "c"]);
    expect(positionOf(source, sample.indexOf("c"))).toEqual({ line: 3, column: 1 });
    expect(positionOf(source, sample.length)).toEqual({ line: 3, column: 2 });
  });
});

describe("amounts", () => {
  test.each([
    [bytes(512), "512 B"],
    [bytes(1.5 * 1024 ** 3), "1.50 GiB"],
    [amount(1024), "1024"],
    [amount(1_234_567), "1.23M"],
    [amount(7.4e12), "7.40T"],
    [duration(3725), "1 h 02 min"],
    [duration(200), "3 min 20 s"],
    [duration(Number.NaN), "?"],
    [compact(3e-3), "3e-3"],
    [compact(0.25), "0.25"],
    [compact(0), "0"],
  ])("%s", (found, expected) => {
    expect(found).toBe(expected);
  });
});

describe("a curve", () => {
  test("is as high as its highest value and has its ends below", () => {
    const lines = drawCurve({ values: [0, 0.5, 1, 0.5, 0], from: "1", to: "5" }, 9, 2);
    expect(lines).toEqual(["1 │   ██", "0 │ ██████", "  └─────────", "   1       5"]);
  });

  test("of nothing is nothing", () => {
    expect(drawCurve({ values: [Number.NaN], from: "", to: "" }, 9)).toEqual([]);
  });
});

describe("a comparison of lines", () => {
  test("has the form that patch reads", () => {
    const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    const after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n";
    expect(unifiedDiff("x", before, after)).toEqual([
      "--- x",
      "+++ x",
      "@@ -2,9 +2,10 @@",
      " 2",
      " 3",
      " 4",
      "-5",
      "+five",
      " 6",
      " 7",
      " 8",
      " 9",
      "+10",
      " ",
    ]);
    expect(unifiedDiff("x", before, before)).toEqual([]);
  });
});
