import type { BlockNode, Expression, RecordNode, Setting, Span, TypeNode } from "../tree.ts";
import type { Document } from "./document.ts";
import { type Source, spelling } from "./source.ts";

/** What the rules share; `printer/print.ts` ties the knot between the files. */
export interface Printer {
  readonly source: Source;
  readonly expression: (printer: Printer, node: Expression) => Document;
  readonly type: (printer: Printer, node: TypeNode) => Document;
  /** A block or record; `grouped` false leaves the group to the caller. */
  readonly braces: (printer: Printer, node: BlockNode | RecordNode) => Document;
  readonly settings: (printer: Printer, settings: readonly Setting[], from: number) => Document;
}

/** The author's text of an error. */
export function asWritten(printer: Printer, span: Span): string {
  return spelling(printer.source, span) ?? "";
}

/** A string literal: the author's spelling, or one made from its value. */
export function quoted(printer: Printer, span: Span, value: string): string {
  const written = spelling(printer.source, span);
  return written?.startsWith('"') ? written : `"${escaped(value)}"`;
}

/** The text of a string between its quotes. */
export function escaped(value: string): string {
  let text = "";
  for (const character of value) {
    if (character === '"' || character === "\\" || character === "{") text += `\\${character}`;
    else if (character === "\n") text += "\\n";
    else if (character === "\t") text += "\\t";
    else if (/[\p{C}\p{Zl}\p{Zp}]/u.test(character)) {
      text += `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
    } else text += character;
  }
  return text;
}
