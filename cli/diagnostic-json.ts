import type { Diagnostic, Place, TextRange } from "../program/diagnostics/diagnostic.ts";
import { shortPath } from "./short-path.ts";
import type { Sources } from "./terminal/diagnostics.ts";
import { positionOf, splitLines } from "./terminal/source-lines.ts";

interface JsonPosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
}

interface JsonRange {
  readonly start: JsonPosition;
  readonly end: JsonPosition;
}

export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Diagnostic["severity"];
  readonly message: string;
  readonly file: string;
  /** Null where the whole file is meant. */
  readonly range: JsonRange | null;
  readonly help: string | null;
  readonly related: readonly {
    readonly message: string;
    readonly file: string;
    readonly range: JsonRange | null;
  }[];
  readonly fixes: readonly {
    readonly title: string;
    readonly applicability: "certain" | "likely";
    readonly edits: readonly {
      readonly file: string;
      readonly range: JsonRange | null;
      readonly text: string;
    }[];
  }[];
}

/** The form of `check --json`; lines and columns from 1, ends exclusive. */
export function diagnosticJson(diagnostic: Diagnostic, sources: Sources): JsonDiagnostic {
  return {
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    file: shortPath(diagnostic.place.file),
    range: rangeOf(diagnostic.place, sources),
    help: diagnostic.help ?? null,
    related: diagnostic.related.map(({ place, message }) => ({
      message,
      file: shortPath(place.file),
      range: rangeOf(place, sources),
    })),
    fixes: diagnostic.fixes.map((fix) => ({
      title: fix.title,
      applicability: fix.applicability,
      edits: fix.edits.map(({ file, range, text }) => ({
        file: shortPath(file),
        range: rangeOf({ file, range }, sources),
        text,
      })),
    })),
  };
}

function rangeOf(place: Place, sources: Sources): JsonRange | null {
  if (place.range !== undefined) return textRange(place.file, place.range, sources);
  if (place.line === undefined) return null;
  const start = { line: place.line, column: place.column ?? 1 };
  return { start, end: { line: start.line, column: start.column + 1 } };
}

function textRange(file: string, range: TextRange, sources: Sources): JsonRange | null {
  const text = sources(file);
  if (text === undefined) return null;
  const source = splitLines(text);
  return { start: positionOf(source, range.start), end: positionOf(source, range.end) };
}
