import type { Comment, SourceFile, Span } from "../tree.ts";
import { comment, concat, type Document, HARD } from "./document.ts";

/**
 * The text that a tree came from and the comments not yet printed.
 *
 * Documents are made in the order of the text, so each comment is taken once, in order.
 * A tree that was built and not read has an empty text and no comments.
 */
export interface Source {
  readonly text: string;
  readonly comments: readonly Comment[];
  readonly lineStarts: readonly number[];
  next: number;
}

export function createSource(tree: SourceFile): Source {
  const lineStarts = [0];
  for (const found of tree.text.matchAll(/\r\n?|\n/g)) {
    lineStarts.push((found.index ?? 0) + found[0].length);
  }
  return { text: tree.text, comments: tree.comments, lineStarts, next: 0 };
}

/** Line of an offset, from 0. */
export function lineOf(source: Source, offset: number): number {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function columnOf(source: Source, offset: number): number {
  return offset - (source.lineStarts[lineOf(source, offset)] ?? 0);
}

/** The author's spelling, with line feeds only; `undefined` for a tree without a text. */
export function spelling(source: Source, span: Span): string | undefined {
  if (source.text === "") return undefined;
  return source.text.slice(span.start, span.end).replace(/\r\n?/g, "\n");
}

/** True where only spaces stand before the offset on its line. */
export function beginsLine(source: Source, offset: number): boolean {
  if (source.text === "") return false;
  const start = source.lineStarts[lineOf(source, offset)] ?? 0;
  return start > 0 && source.text.slice(start, offset).trim() === "";
}

/** True where nothing but a comment stands after the offset on its line. */
export function endsLine(source: Source, offset: number): boolean {
  if (source.text === "") return false;
  return /^[ \t]*(?:\/\/|[\r\n]|$)/.test(source.text.slice(offset, offset + 200));
}

/** True where an empty line stands between two offsets. */
export function hasBlankLine(source: Source, from: number, to: number): boolean {
  return /(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r(?!\n))/.test(source.text.slice(from, to));
}

/** Offset of the next token after `offset`, past spaces, commas and comments. */
export function tokenAfter(source: Source, offset: number): number {
  const found = /^(?:[\s,]|\/\/[^\r\n]*)*/.exec(source.text.slice(offset));
  return offset + (found?.[0].length ?? 0);
}

function peek(source: Source, before: number): Comment | undefined {
  const found = source.comments[source.next];
  return found !== undefined && found.span.start < before ? found : undefined;
}

export interface Leading {
  readonly document: Document;
  /** Where the first of them begins. */
  readonly start: number | undefined;
  /** Where the last of them ends. */
  readonly end: number | undefined;
}

/** The comments before an offset, each on a line of its own. */
export function leading(source: Source, before: number): Leading {
  const parts: Document[] = [];
  let start: number | undefined;
  let end: number | undefined;
  for (let found = peek(source, before); found !== undefined; found = peek(source, before)) {
    if (end !== undefined) {
      parts.push(HARD);
      if (hasBlankLine(source, end, found.span.start)) parts.push(HARD);
    }
    parts.push(found.text);
    start ??= found.span.start;
    end = found.span.end;
    source.next += 1;
  }
  return { document: parts.length === 0 ? "" : concat(...parts), start, end };
}

/** The comment behind an element on its line, if there is one. */
export function trailing(source: Source, end: number): Document {
  const found = source.comments[source.next];
  if (found === undefined || !found.trailing || found.span.start < end) return "";
  if (!/^[ \t,]*$/.test(source.text.slice(end, found.span.start))) return "";
  source.next += 1;
  return comment(found.text);
}

/** Comments before an offset that no list has printed: they go to the end of the line. */
export function remaining(source: Source, before: number): Document {
  const parts: Document[] = [];
  for (let found = peek(source, before); found !== undefined; found = peek(source, before)) {
    parts.push(comment(found.text));
    source.next += 1;
  }
  return parts.length === 0 ? "" : concat(...parts);
}

/** A comment behind an opening bracket, on its line. */
export function afterOpening(source: Source, before: number): Document {
  const found = peek(source, before);
  if (found === undefined || !found.trailing) return "";
  source.next += 1;
  return comment(found.text);
}

/** End of the comment that was taken last. */
export function lastTaken(source: Source): number {
  return source.comments[source.next - 1]?.span.end ?? 0;
}
