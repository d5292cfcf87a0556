/**
 * Text with places where it may be broken, and the layout that fits it to a width.
 *
 * A group is either flat or broken; in a broken group every `line` of its own is a line break.
 */
export type Document =
  | string
  | { readonly kind: "concat"; readonly parts: readonly Document[]; readonly hard: boolean }
  | { readonly kind: "group"; readonly content: Document; readonly hard: boolean }
  | { readonly kind: "indent"; readonly content: Document; readonly hard: boolean }
  /** Flat whatever the width. */
  | { readonly kind: "flat"; readonly content: Document; readonly hard: boolean }
  | { readonly kind: "line"; readonly flat: string; readonly hard: boolean }
  | {
      readonly kind: "if-broken";
      readonly broken: Document;
      readonly flat: Document;
      readonly hard: false;
    }
  /** A comment that goes to the end of the line. */
  | { readonly kind: "comment"; readonly text: string; readonly hard: true };

/** True where it holds a line break that must be. */
export function isHard(document: Document): boolean {
  return typeof document !== "string" && document.hard;
}

export function concat(...parts: readonly Document[]): Document {
  return { kind: "concat", parts, hard: parts.some(isHard) };
}

export function group(content: Document): Document {
  return { kind: "group", content, hard: isHard(content) };
}

export function indent(content: Document): Document {
  return { kind: "indent", content, hard: isHard(content) };
}

export function flat(content: Document): Document {
  return { kind: "flat", content, hard: isHard(content) };
}

export function ifBroken(broken: Document, otherwise: Document): Document {
  return { kind: "if-broken", broken, flat: otherwise, hard: false };
}

export function comment(text: string): Document {
  return { kind: "comment", text, hard: true };
}

/** A space, or a line break where the group is broken. */
export const LINE: Document = { kind: "line", flat: " ", hard: false };
/** Nothing, or a line break where the group is broken. */
export const SOFT: Document = { kind: "line", flat: "", hard: false };
export const HARD: Document = { kind: "line", flat: "", hard: true };

export function join(separator: Document, documents: readonly Document[]): Document {
  const parts: Document[] = [];
  for (const [index, document] of documents.entries()) {
    if (index > 0) parts.push(separator);
    parts.push(document);
  }
  return concat(...parts);
}

/** The first text of a document, where it has one. */
export function firstText(document: Document): string {
  if (typeof document === "string") return document;
  switch (document.kind) {
    case "concat": {
      for (const part of document.parts) {
        const text = firstText(part);
        if (text !== "") return text;
      }
      return "";
    }
    case "group":
    case "indent":
    case "flat":
      return firstText(document.content);
    default:
      return "";
  }
}

/** Columns of a document on one line. */
export function flatWidth(document: Document): number {
  if (typeof document === "string") return document.length;
  switch (document.kind) {
    case "concat":
      return document.parts.reduce((sum, part) => sum + flatWidth(part), 0);
    case "group":
    case "indent":
    case "flat":
      return flatWidth(document.content);
    case "line":
      return document.flat.length;
    case "if-broken":
      return flatWidth(document.flat);
    case "comment":
      return 0;
  }
}

/** A line of output and the comments that go to its end. */
export interface Line {
  readonly text: string;
  readonly comments: readonly string[];
}

interface Command {
  readonly indent: number;
  readonly broken: boolean;
  readonly document: Document;
}

/** True where the text up to the next line break fits into `room` columns. */
function fits(next: Command, rest: readonly Command[], room: number): boolean {
  const stack: Command[] = [next];
  let left = room;
  let resting = rest.length;
  while (left >= 0) {
    let command = stack.pop();
    if (command === undefined) {
      resting -= 1;
      command = rest[resting];
      if (command === undefined) return true;
    }
    const { document, broken, indent: column } = command;
    if (typeof document === "string") {
      const newline = document.indexOf("\n");
      if (newline >= 0) return newline <= left;
      left -= document.length;
      continue;
    }
    switch (document.kind) {
      case "concat":
        for (let at = document.parts.length - 1; at >= 0; at -= 1) {
          stack.push({ indent: column, broken, document: document.parts[at] ?? "" });
        }
        break;
      case "group":
        stack.push({ indent: column, broken: document.hard || broken, document: document.content });
        break;
      case "flat":
        stack.push({ indent: column, broken: false, document: document.content });
        break;
      case "indent":
        stack.push({ indent: column, broken, document: document.content });
        break;
      case "line":
        if (broken || document.hard) return true;
        left -= document.flat.length;
        break;
      case "if-broken":
        stack.push({ indent: column, broken, document: broken ? document.broken : document.flat });
        break;
      case "comment":
        break;
    }
  }
  return false;
}

/** Lays a document out in lines of at most `width` columns where that is possible. */
export function render(root: Document, width: number): readonly Line[] {
  const lines: Line[] = [];
  let text = "";
  let comments: string[] = [];
  let lastBreak = 0;
  const stack: Command[] = [{ indent: 0, broken: true, document: root }];
  const newline = (column: number) => {
    lines.push({ text: text.trimEnd(), comments: comments.slice(0, 1) });
    // Two comments cannot share the end of a line.
    for (const extra of comments.slice(1)) {
      lines.push({ text: " ".repeat(column) + extra, comments: [] });
    }
    comments = [];
    text = " ".repeat(column);
    lastBreak = 0;
  };
  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { document, broken, indent: column } = command;
    if (typeof document === "string") {
      text += document;
      const inner = document.lastIndexOf("\n");
      if (inner >= 0) lastBreak = text.length - document.length + inner + 1;
      continue;
    }
    switch (document.kind) {
      case "concat":
        for (let at = document.parts.length - 1; at >= 0; at -= 1) {
          stack.push({ indent: column, broken, document: document.parts[at] ?? "" });
        }
        break;
      case "group": {
        const flatly: Command = { indent: column, broken: false, document: document.content };
        const room = width - (text.length - lastBreak);
        if (!broken || (!document.hard && fits(flatly, stack, room))) stack.push(flatly);
        else stack.push({ indent: column, broken: true, document: document.content });
        break;
      }
      case "flat":
        stack.push({ indent: column, broken: false, document: document.content });
        break;
      case "indent":
        stack.push({ indent: column + 2, broken, document: document.content });
        break;
      case "line":
        if (broken || document.hard) newline(column);
        else text += document.flat;
        break;
      case "if-broken":
        stack.push({ indent: column, broken, document: broken ? document.broken : document.flat });
        break;
      case "comment":
        comments.push(document.text);
        break;
    }
  }
  newline(0);
  return lines;
}
