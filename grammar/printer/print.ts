import type { SourceFile } from "../tree.ts";
import { items } from "./declarations.ts";
import { type Line, render } from "./document.ts";
import { braces, expression, settings } from "./expressions.ts";
import type { Printer } from "./printer.ts";
import { createSource } from "./source.ts";
import { type } from "./types.ts";

/** Columns of a line before calls, lists and parameters are broken. */
const WIDTH = 120;
/** Comments are put in one column only behind lines no longer than this. */
const COMMENT_REACH = 88;
const BYTE_ORDER_MARK = "\ufeff";

/**
 * The one form of a file: two spaces, one final newline, the line ends of its first line.
 * Printing what was printed changes nothing.
 */
export function print(tree: SourceFile): string {
  const source = createSource(tree);
  const printer: Printer = { source, expression, type, braces, settings };
  const lines = render(items(printer, tree.items, Number.POSITIVE_INFINITY), WIDTH);
  const text = withComments(lines)
    .join("\n")
    .replace(/^\n+|\n+$/g, "");
  const whole = text === "" ? "" : `${text}\n`;
  const newline = /\r\n|\n|\r/.exec(tree.text)?.[0] === "\r\n" ? "\r\n" : "\n";
  const mark = tree.text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  return mark + (newline === "\n" ? whole : whole.replaceAll("\n", newline));
}

/** Columns of a line, or of the last line of a raw string. */
function widthOf(line: Line): number {
  return line.text.length - (line.text.lastIndexOf("\n") + 1);
}

/** Puts comments behind their lines, those of neighbouring lines in one column. */
function withComments(lines: readonly Line[]): readonly string[] {
  const texts: string[] = [];
  let from = 0;
  while (from < lines.length) {
    let to = from;
    while ((lines[to]?.comments.length ?? 0) > 0) to += 1;
    const run = lines.slice(from, Math.max(to, from + 1));
    const widths = run.map(widthOf).filter((width) => width <= COMMENT_REACH);
    const column = Math.max(0, ...widths);
    for (const line of run) {
      const behind = line.comments[0];
      const pad = " ".repeat(Math.max(0, column - widthOf(line)) + 2);
      texts.push(behind === undefined ? line.text : `${line.text}${pad}${behind}`);
    }
    from += run.length;
  }
  return texts;
}
