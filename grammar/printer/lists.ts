import {
  concat,
  type Document,
  flat,
  flatWidth,
  group,
  HARD,
  ifBroken,
  indent,
  isHard,
  LINE,
  SOFT,
} from "./document.ts";
import {
  afterOpening,
  beginsLine,
  columnOf,
  hasBlankLine,
  lastTaken,
  leading,
  lineOf,
  remaining,
  type Source,
  tokenAfter,
  trailing,
} from "./source.ts";

/** One element of a list; its document is made when its turn comes. */
export interface Part {
  readonly start: number;
  readonly end: number;
  /** `pad` is what to put between key and value so that values stand in one column. */
  readonly print: (pad: Document) => Document;
  readonly column: Column | undefined;
}

/** What lets neighbours stand in columns: where the key ended and the value began in the source. */
export interface Column {
  /** `:`, `=`, `=>`: only the same kind aligns. */
  readonly sign: string;
  readonly keyWidth: number;
  readonly keyEnd: number;
  readonly value: number;
}

/** Spaces between a key's end and its value where nothing is aligned. */
function usualGap(sign: string): number {
  return sign === ":" ? 2 : sign === "{" ? 1 : sign.length + 2;
}

interface Placed {
  readonly column: number;
  readonly wider: boolean;
}

function placed(source: Source, part: Part): Placed | undefined {
  const column = part.column;
  if (column === undefined || source.text === "") return undefined;
  if (lineOf(source, part.start) !== lineOf(source, column.value)) return undefined;
  const wider = column.value - column.keyEnd > usualGap(column.sign);
  return { column: columnOf(source, column.value), wider };
}

/** The paddings that keep the author's columns: a run of neighbouring lines with one value column. */
function paddings(source: Source, parts: readonly Part[]): readonly number[] {
  const result: number[] = parts.map(() => 0);
  let from = 0;
  while (from < parts.length) {
    let to = from + 1;
    const first = parts[from];
    const place = first && placed(source, first);
    let wider = place?.wider ?? false;
    while (first !== undefined && place !== undefined && to < parts.length) {
      const before = parts[to - 1];
      const part = parts[to];
      if (part === undefined || before === undefined || part.column?.sign !== first.column?.sign)
        break;
      if (lineOf(source, part.start) !== lineOf(source, before.end) + 1) break;
      const next = placed(source, part);
      if (next === undefined || next.column !== place.column) break;
      wider ||= next.wider;
      to += 1;
    }
    if (wider && to - from > 1) {
      const run = parts.slice(from, to);
      const widest = Math.max(...run.map((part) => part.column?.keyWidth ?? 0));
      for (const [offset, part] of run.entries()) {
        result[from + offset] = widest - (part.column?.keyWidth ?? 0);
      }
    }
    from = to;
  }
  return result;
}

interface Printed {
  readonly documents: readonly Document[];
  /** Whether an empty line stood before each element. */
  readonly blanks: readonly boolean[];
  /** Comments after the last element, on lines of their own. */
  readonly rest: Document;
  readonly restBlank: boolean;
}

/** Prints elements with their comments, which go to the ends of lines or before an element. */
function printAll(source: Source, parts: readonly Part[], end: number): Printed {
  const pads = paddings(source, parts);
  const documents: Document[] = [];
  const blanks: boolean[] = [];
  let previous: number | undefined;
  for (const [index, part] of parts.entries()) {
    const before = leading(source, part.start);
    const start = before.start ?? part.start;
    blanks.push(previous !== undefined && hasBlankLine(source, previous, start));
    const own = part.print(ifBroken(" ".repeat(pads[index] ?? 0), ""));
    const left = remaining(source, part.end);
    const behind = trailing(source, part.end);
    const gap = before.end !== undefined && hasBlankLine(source, before.end, part.start);
    const lead = before.end === undefined ? "" : concat(before.document, HARD, gap ? HARD : "");
    documents.push(concat(lead, own, left, behind));
    previous = behind === "" ? part.end : Math.max(part.end, lastTaken(source));
  }
  const rest = leading(source, end);
  const restBlank =
    previous !== undefined &&
    rest.start !== undefined &&
    hasBlankLine(source, previous, rest.start);
  return { documents, blanks, rest: rest.document, restBlank };
}

/** Elements on lines of their own, one empty line kept between them. */
export function sequence(source: Source, parts: readonly Part[], end: number): Document {
  const printed = printAll(source, parts, end);
  const lines: Document[] = [];
  for (const [index, document] of printed.documents.entries()) {
    if (index > 0) lines.push(HARD);
    if (printed.blanks[index] === true) lines.push(HARD);
    lines.push(document);
  }
  if (printed.rest !== "") {
    if (lines.length > 0) lines.push(HARD);
    if (printed.restBlank) lines.push(HARD);
    lines.push(printed.rest);
  }
  return concat(...lines);
}

export interface Brackets {
  readonly open: string;
  readonly close: string;
  /** Spaces inside when flat, line breaks instead of commas when broken. */
  readonly braces: boolean;
  /** One per line, whatever fits. */
  readonly always?: boolean;
  /** A comma may stand after the last element. */
  readonly comma?: boolean;
  /** The last element may be broken inside instead of the whole list. */
  readonly hug?: boolean;
}

/** A bracketed list: as the author had it where it fits, otherwise one element per line. */
export function bracketed(
  source: Source,
  brackets: Brackets,
  parts: readonly Part[],
  from: number,
): Document {
  const first = parts[0];
  const last = parts[parts.length - 1];
  const end = tokenAfter(source, last?.end ?? from);
  const behind = afterOpening(source, first?.start ?? end);
  const starts = brackets.braces ? parts : parts.slice(0, 1);
  const broken =
    (brackets.always === true && parts.length > 0) ||
    starts.some((part) => beginsLine(source, part.start));
  const separator = (isLast: boolean): Document => {
    if (isLast) return brackets.comma === true ? ifBroken(",", "") : "";
    return brackets.braces ? ifBroken("", ",") : ",";
  };
  const printed = printAll(source, parts, end);
  const { open, close } = brackets;
  if (parts.length === 0 && printed.rest === "" && behind === "") return open + close;
  if (!broken && behind === "" && printed.rest === "" && brackets.hug === true) {
    const earlier = printed.documents.slice(0, -1);
    const width = earlier.reduce<number>((sum, document) => sum + flatWidth(document) + 2, 0);
    if (!earlier.some(isHard) && width <= 80) {
      const hugged = printed.documents[printed.documents.length - 1] ?? "";
      const before = earlier.map((document) => concat(flat(document), ", "));
      return concat(open, ...before, hugged, close);
    }
  }
  const edge = brackets.braces ? LINE : SOFT;
  const inner: Document[] = [broken ? HARD : edge];
  for (const [index, document] of printed.documents.entries()) {
    if (index > 0) inner.push(LINE);
    if (printed.blanks[index] === true) inner.push(ifBroken(LINE, ""));
    inner.push(concat(document, separator(index === parts.length - 1)));
  }
  if (printed.rest !== "") {
    if (parts.length > 0) inner.push(HARD);
    if (printed.restBlank) inner.push(HARD);
    inner.push(printed.rest);
  }
  return group(concat(open, behind, indent(concat(...inner)), edge, close));
}
