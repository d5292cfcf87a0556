import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import type { Fault } from "./reader.ts";

interface Found {
  readonly lexical: readonly Diagnostic[];
  readonly brackets: readonly Diagnostic[];
  readonly faults: readonly Fault[];
}

/** Lexical faults after which the rest of the line is hardly what was meant. */
const DISTURBING: ReadonlySet<string> = new Set([
  syntax.unterminatedString.code,
  syntax.unknownCharacter.code,
  syntax.invalidNumber.code,
]);

function startOf(diagnostic: Diagnostic): number {
  return diagnostic.place.range?.start ?? 0;
}

/** From an unclosed bracket to where that was noticed. */
function regionOf(diagnostic: Diagnostic): { readonly start: number; readonly end: number } {
  const here = startOf(diagnostic);
  const other = diagnostic.related[0]?.place.range?.start ?? here;
  return { start: Math.min(here, other), end: Math.max(here, other) };
}

/**
 * The diagnostics in the order of the text, one for each fault: what only follows from another
 * fault on the same line, or from a bracket that is missing or too many, is left out.
 */
export function withoutConsequences(text: string, found: Found): readonly Diagnostic[] {
  const { lexical, faults } = found;
  if (lexical.length + found.brackets.length + faults.length < 2) {
    return [...lexical, ...found.brackets, ...faults.map((fault) => fault.diagnostic)];
  }
  const lineOf = lineCounter(text);
  const unterminated = lexical.filter(({ code }) => code === syntax.unterminatedString.code);
  const swallowed = new Set(unterminated.map((diagnostic) => lineOf(startOf(diagnostic))));
  const brackets = bracketFaults(found, lineOf, swallowed);
  const kept: Diagnostic[] = [...lexical, ...brackets];

  const disturbed = new Map<number, number>();
  for (const diagnostic of lexical) {
    if (!DISTURBING.has(diagnostic.code)) continue;
    const line = lineOf(startOf(diagnostic));
    disturbed.set(
      line,
      Math.min(disturbed.get(line) ?? Number.POSITIVE_INFINITY, startOf(diagnostic)),
    );
  }
  for (const diagnostic of brackets) {
    if (diagnostic.code === syntax.tooDeep.code) continue;
    for (const place of [diagnostic.place, ...diagnostic.related.map((other) => other.place)]) {
      disturbed.set(lineOf(place.range?.start ?? 0), -1);
    }
  }

  const inside = brackets.filter(({ code }) => code === syntax.unclosedBracket.code).map(regionOf);
  const closed = new Set<number>();
  const starts = new Set<number>();
  const inOrder = [...faults].sort((a, b) => startOf(a.diagnostic) - startOf(b.diagnostic));
  for (const { diagnostic, fatal } of inOrder) {
    const start = startOf(diagnostic);
    const line = lineOf(start);
    if (start > (disturbed.get(line) ?? Number.POSITIVE_INFINITY)) continue;
    if (inside.some((region) => start >= region.start && start <= region.end)) continue;
    if (closed.has(line) || starts.has(start)) continue;
    if (fatal) {
      closed.add(line);
      // A fault that was read as what was meant comes first; what it led to is not told.
      if (kept.some((other) => !lexical.includes(other) && lineOf(startOf(other)) === line))
        continue;
    }
    starts.add(start);
    kept.push(diagnostic);
  }
  return kept.sort((a, b) => startOf(a) - startOf(b));
}

/** Bracket faults without those that a string or a missing brace explains. */
function bracketFaults(
  found: Found,
  lineOf: (offset: number) => number,
  swallowed: ReadonlySet<number>,
): readonly Diagnostic[] {
  const missing = found.faults
    .filter((fault) => fault.missingBrace)
    .map((fault) => startOf(fault.diagnostic));
  const openingLine = (diagnostic: Diagnostic) => lineOf(regionOf(diagnostic).start);
  const unclosed = new Set(
    found.brackets.filter(({ code }) => code === syntax.unclosedBracket.code).map(openingLine),
  );
  const kept: Diagnostic[] = [];
  for (const diagnostic of found.brackets) {
    const isUnclosed = diagnostic.code === syntax.unclosedBracket.code;
    if (isUnclosed && swallowed.has(openingLine(diagnostic))) continue;
    if (diagnostic.code === syntax.strayBracket.code) {
      const before = missing.findIndex((start) => start < startOf(diagnostic));
      const line = lineOf(startOf(diagnostic));
      if (swallowed.has(line) || unclosed.has(line)) continue;
      if (before >= 0) {
        missing.splice(before, 1);
        continue;
      }
    }
    kept.push(diagnostic);
  }
  return kept;
}

/** Line of an offset, from 0. */
function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (const found of text.matchAll(/\r\n?|\n/g)) starts.push(found.index + found[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
}
