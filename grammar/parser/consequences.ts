import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import type { Fault } from "./reader.ts";

interface Found {
  readonly lexical: readonly Diagnostic[];
  readonly brackets: readonly Diagnostic[];
  readonly faults: readonly Fault[];
}

type LineOf = (offset: number) => number;

/** Lexical faults after which the rest of the line is hardly what was meant. */
const DISTURBING: ReadonlySet<string> = new Set([
  syntax.unterminatedString.code,
  syntax.unknownCharacter.code,
  syntax.invalidNumber.code,
]);

function startOf(diagnostic: Diagnostic): number {
  return diagnostic.place.range?.start ?? 0;
}

function isUnclosed(diagnostic: Diagnostic): boolean {
  return diagnostic.code === syntax.unclosedBracket.code;
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
  const brackets = bracketFaults(text, found, lineOf);
  const kept = [...lexical, ...brackets, ...ownFaults(text, found, brackets, lineOf)];
  return kept.sort((a, b) => startOf(a) - startOf(b));
}

/** Offset on a line after which the parser's faults are consequences. */
function disturbedLines(
  lexical: readonly Diagnostic[],
  brackets: readonly Diagnostic[],
  lineOf: LineOf,
): ReadonlyMap<number, number> {
  const disturbed = new Map<number, number>();
  for (const diagnostic of lexical) {
    if (!DISTURBING.has(diagnostic.code)) continue;
    const line = lineOf(startOf(diagnostic));
    if (!disturbed.has(line)) disturbed.set(line, startOf(diagnostic));
  }
  for (const diagnostic of brackets) {
    if (diagnostic.code === syntax.tooDeep.code) continue;
    for (const place of [diagnostic.place, ...diagnostic.related.map((other) => other.place)]) {
      disturbed.set(lineOf(place.range?.start ?? 0), -1);
    }
  }
  return disturbed;
}

/** What the parser found that nothing else explains. */
function ownFaults(
  text: string,
  found: Found,
  brackets: readonly Diagnostic[],
  lineOf: LineOf,
): readonly Diagnostic[] {
  const disturbed = disturbedLines(found.lexical, brackets, lineOf);
  const unclosed = brackets
    .filter(isUnclosed)
    .map(regionOf)
    .sort((a, b) => a.start - b.start);
  /** Lines of which something has been told, and those where nothing more is. */
  const told = new Set(brackets.map((diagnostic) => lineOf(startOf(diagnostic))));
  const closed = new Set<number>();
  const kept: Diagnostic[] = [];
  let region = 0;
  let regionEnd = -1;
  let last = -1;
  const inOrder = [...found.faults].sort((a, b) => startOf(a.diagnostic) - startOf(b.diagnostic));
  for (const { diagnostic, fatal } of inOrder) {
    const start = startOf(diagnostic);
    const line = lineOf(start);
    for (let next = unclosed[region]; next !== undefined && next.start <= start; ) {
      regionEnd = Math.max(regionEnd, next.end);
      region += 1;
      next = unclosed[region];
    }
    // The token after a bracket that was closed for the reader is where its end was noticed.
    const noticed = regionEnd >= 0 && text.slice(regionEnd, start).trim() === "";
    if (start <= regionEnd || noticed || start === last || closed.has(line)) continue;
    if (start > (disturbed.get(line) ?? Number.POSITIVE_INFINITY)) continue;
    if (fatal) {
      closed.add(line);
      // A fault that was read as what was meant comes first; what it led to is not told.
      if (told.has(line)) continue;
    }
    last = start;
    told.add(line);
    kept.push(diagnostic);
  }
  return kept;
}

/** Bracket faults without those that a string or a missing brace explains. */
function bracketFaults(text: string, found: Found, lineOf: LineOf): readonly Diagnostic[] {
  const swallowed = new Set(
    found.lexical
      .filter(({ code }) => code === syntax.unterminatedString.code)
      .map((diagnostic) => lineOf(startOf(diagnostic))),
  );
  const missing = found.faults
    .filter((fault) => fault.missingBrace)
    .map((fault) => startOf(fault.diagnostic))
    .sort((a, b) => a - b);
  const fatal = found.faults
    .filter((fault) => fault.fatal)
    .map((fault) => startOf(fault.diagnostic));
  /** What stopped the reading of an item can leave the end of one of its brackets behind. */
  const follows = (stray: number) =>
    fatal.some((start) => start < stray && !/\n\w/.test(text.slice(start, stray)));
  const openingLine = (diagnostic: Diagnostic) => lineOf(regionOf(diagnostic).start);
  const unclosed = new Set(found.brackets.filter(isUnclosed).map(openingLine));
  let explained = 0;
  return found.brackets.filter((diagnostic) => {
    if (isUnclosed(diagnostic)) return !swallowed.has(openingLine(diagnostic));
    if (diagnostic.code !== syntax.strayBracket.code) return true;
    const line = lineOf(startOf(diagnostic));
    if (swallowed.has(line) || unclosed.has(line)) return false;
    if (follows(startOf(diagnostic))) return false;
    if ((missing[explained] ?? Number.POSITIVE_INFINITY) >= startOf(diagnostic)) return true;
    explained += 1;
    return false;
  });
}

/** Line of an offset, from 0. */
function lineCounter(text: string): LineOf {
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
