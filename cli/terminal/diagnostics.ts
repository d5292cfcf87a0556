import type { Diagnostic, Fix, Place } from "../../program/diagnostics/diagnostic.ts";
import { shortPath } from "../short-path.ts";
import { positionOf, type SourceLines, splitLines } from "./source-lines.ts";
import type { Colours } from "./terminal.ts";
import { displayWidth, printable } from "./width.ts";

/** The text of a file that diagnostics speak of, or undefined where it cannot be shown. */
export type Sources = (file: string) => string | undefined;

/** One underlined piece of one line. */
interface Mark {
  readonly line: number;
  /** UTF-16 columns from 1; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly primary: boolean;
}

const severityColour = { error: "red", warning: "yellow", information: "cyan" } as const;

/**
 * A diagnostic for people: the message, the source with what is meant underlined, related places,
 * and what to do. Lines without a trailing line break.
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  sources: Sources,
  colours: Colours,
): string {
  const severity = diagnostic.severity;
  const paint = (text: string) => colours.bold(colours[severityColour[severity]](text));
  const frames = groupByFile(diagnostic).map(({ file, marks, primary }) =>
    renderFrame(file, marks, sources(file), primary ? "-->" : ":::", paint, colours),
  );
  const gutter = Math.max(1, ...frames.map((frame) => frame.gutter));
  const lines = [
    `${paint(`${severity}[${diagnostic.code}]`)}${colours.bold(`: ${printable(diagnostic.message)}`)}`,
    ...frames.flatMap((frame) => frame.lines(gutter)),
  ];
  const note = (word: string, text: string) => {
    const lead = `${" ".repeat(gutter)} ${colours.blue("=")} ${colours.bold(word)}: `;
    const indent = " ".repeat(gutter + word.length + 5);
    lines.push(lead + text.split("\n").map(printable).join(`\n${indent}`));
  };
  const shown = new Set(frames.flatMap((frame) => frame.labels));
  for (const { place, message } of diagnostic.related) {
    if (!shown.has(message)) note("note", `${message} (${placeText(place, sources)})`);
  }
  if (diagnostic.help !== undefined) note("help", diagnostic.help);
  for (const fix of diagnostic.fixes) {
    note("fix", fix.title);
    lines.push(...renderFix(fix, sources, gutter, colours));
  }
  // The bar under a frame leads to notes; where there are none it leads nowhere.
  if (
    lines.at(-1) === frames.at(-1)?.lines(gutter).at(-1) &&
    (frames.at(-1)?.labels.length ?? 0) > 0
  ) {
    lines.pop();
  }
  return lines.join("\n");
}

/** `path:line:column`, as far as they are known. */
export function placeText(place: Place, sources: Sources): string {
  const file = shortPath(place.file);
  if (place.range !== undefined) {
    const text = sources(place.file);
    if (text === undefined) return file;
    const { line, column } = positionOf(splitLines(text), place.range.start);
    return `${file}:${line}:${column}`;
  }
  if (place.line === undefined) return file;
  return `${file}:${place.line}${place.column === undefined ? "" : `:${place.column}`}`;
}

interface FileMarks {
  readonly file: string;
  readonly primary: boolean;
  readonly marks: readonly {
    readonly place: Place;
    readonly label: string;
    readonly primary: boolean;
  }[];
}

/** The primary file first, then the others in the order in which the diagnostic names them. */
function groupByFile(diagnostic: Diagnostic): readonly FileMarks[] {
  const all = [
    { place: diagnostic.place, label: "", primary: true },
    ...diagnostic.related.map(({ place, message }) => ({ place, label: message, primary: false })),
  ];
  // What has no file speaks of the machine.
  const files = [...new Set(all.map(({ place }) => place.file))].filter((file) => file !== "");
  return files.map((file) => ({
    file,
    primary: file === diagnostic.place.file,
    marks: all.filter(({ place }) => place.file === file),
  }));
}

interface Frame {
  /** Columns of its widest line number. */
  readonly gutter: number;
  readonly labels: readonly string[];
  lines(gutter: number): readonly string[];
}

function renderFrame(
  file: string,
  places: FileMarks["marks"],
  text: string | undefined,
  arrow: string,
  paint: (text: string) => string,
  colours: Colours,
): Frame {
  const first = places.find((place) => place.primary) ?? places[0];
  const heading = first === undefined ? file : placeText(first.place, () => text);
  const source = text === undefined ? undefined : splitLines(text);
  const marks = source === undefined ? [] : places.flatMap((place) => markOf(place, source));
  const numbers = [...new Set(marks.map((mark) => mark.line))].sort((a, b) => a - b);
  return {
    gutter: String(numbers.at(-1) ?? "").length,
    labels: source === undefined ? [] : marks.map((mark) => mark.label),
    lines: (gutter) => {
      const bar = colours.blue("|");
      const space = " ".repeat(gutter);
      const lines = [`${space}${colours.blue(arrow)} ${heading}`];
      if (source === undefined || numbers.length === 0) return lines;
      lines.push(`${space} ${bar}`);
      for (const [index, number] of numbers.entries()) {
        const before = numbers[index - 1];
        if (before !== undefined && number > before + 1) lines.push(colours.blue("..."));
        const content = source.lines[number - 1] ?? "";
        lines.push(
          `${colours.blue(String(number).padStart(gutter))} ${bar} ${printable(content)}`.trimEnd(),
        );
        for (const mark of marks.filter((candidate) => candidate.line === number)) {
          const indent = " ".repeat(displayWidth(printable(content.slice(0, mark.from - 1))));
          const length = displayWidth(printable(content.slice(mark.from - 1, mark.to - 1)));
          const underline = (mark.primary ? "^" : "-").repeat(Math.max(1, length));
          const label = mark.label === "" ? "" : ` ${printable(mark.label)}`;
          const drawn = mark.primary ? paint(underline + label) : colours.blue(underline + label);
          lines.push(`${space} ${bar} ${indent}${drawn}`);
        }
      }
      lines.push(`${space} ${bar}`);
      return lines;
    },
  };
}

/** The mark of a place: of a range over several lines, its part on the first. */
function markOf(
  { place, label, primary }: FileMarks["marks"][number],
  source: SourceLines,
): readonly Mark[] {
  if (place.range === undefined) {
    if (place.line === undefined) return [];
    const from = place.column ?? 1;
    return [{ line: place.line, from, to: from + 1, label, primary }];
  }
  const start = positionOf(source, place.range.start);
  const end = positionOf(source, place.range.end);
  const length = (source.lines[start.line - 1] ?? "").length;
  const to = end.line === start.line ? end.column : length + 1;
  return [{ line: start.line, from: start.column, to, label, primary }];
}

/** The lines as they would be with the fix, where it changes one line only. */
function renderFix(
  fix: Fix,
  sources: Sources,
  gutter: number,
  colours: Colours,
): readonly string[] {
  const [first] = fix.edits;
  const text = first === undefined ? undefined : sources(first.file);
  if (first === undefined || text === undefined) return [];
  const source = splitLines(text);
  const line = positionOf(source, first.range.start).line;
  const inside = fix.edits.every(
    (edit) =>
      edit.file === first.file &&
      !/[\r\n]/.test(edit.text) &&
      positionOf(source, edit.range.start).line === line &&
      positionOf(source, edit.range.end).line === line,
  );
  if (!inside) return [];
  const start = source.starts[line - 1] ?? 0;
  let content = source.lines[line - 1] ?? "";
  for (const edit of [...fix.edits].sort((a, b) => b.range.start - a.range.start)) {
    content =
      content.slice(0, edit.range.start - start) +
      edit.text +
      content.slice(edit.range.end - start);
  }
  const number = colours.blue(String(line).padStart(gutter));
  return [`${number} ${colours.green("+")} ${colours.green(printable(content))}`];
}
