import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import { describe, type Token } from "../tokens.ts";
import type {
  DimensionNode,
  DimensionsNode,
  FieldNode,
  Name,
  RecordTypeNode,
  TypeArgument,
  TypeNode,
} from "../tree.ts";
import { stringText } from "./literals.ts";
import {
  accept,
  acceptWord,
  advance,
  ahead,
  deeper,
  errorAt,
  expect,
  fail,
  list,
  name,
  type Reader,
  since,
  takeWord,
  unexpected,
  visible,
} from "./reader.ts";

/** `A | B | "c"`; `A | none` is `A?`. */
export function type(reader: Reader): TypeNode {
  const start = reader.token.start;
  const first = singleType(reader);
  if (reader.token.kind !== "|" || reader.panic) return first;
  const members: TypeNode[] = [first];
  let optional = false;
  while (accept(reader, "|")) {
    if (accept(reader, "none")) optional = true;
    else members.push(singleType(reader));
  }
  const span = since(reader, start);
  const given: TypeNode = members.length === 1 ? first : { kind: "union-type", members, span };
  return optional ? { kind: "optional-type", inner: given, span } : given;
}

/** A type without `|`: the bar would close the parameters of a lambda. */
export function singleType(reader: Reader): TypeNode {
  return deeper(reader, unnested) ?? errorAt(reader);
}

function unnested(reader: Reader): TypeNode {
  const start = reader.token.start;
  let node = plainType(reader);
  while (accept(reader, "?")) {
    reader.links += 1;
    node = { kind: "optional-type", inner: node, span: since(reader, start) };
    if (reader.token.kind === "?") unexpected(reader, "one `?`");
  }
  return node;
}

function plainType(reader: Reader): TypeNode {
  const token = reader.token;
  if (reader.panic) return errorAt(reader);
  switch (token.kind) {
    case "string":
      advance(reader);
      return {
        kind: "literal-type",
        value: stringText(reader, token),
        span: since(reader, token.start),
      };
    case "{":
      return recordType(reader);
    case "[": {
      advance(reader);
      const inHead = reader.inHead;
      const element = type(reader);
      finish(reader, "]");
      reader.inHead = inHead;
      return { kind: "list-type", element, span: since(reader, token.start) };
    }
    case "(":
      return functionType(reader, token);
    default:
      if (token.kind === "word") return namedType(reader);
      unexpected(
        reader,
        "a type",
        token.kind === "none" ? "what may be `none` is `T?`" : undefined,
      );
      return errorAt(reader);
  }
}

/** The closing bracket; what stands before it is skipped. */
function finish(reader: Reader, closing: "]" | ")"): void {
  if (accept(reader, closing)) return;
  list(reader, {
    open: closing === "]" ? "[" : "(",
    commas: true,
    separator: `\`${closing}\``,
    what: `\`${closing}\``,
    element: (here) => {
      unexpected(here, `\`${closing}\``);
      return undefined;
    },
    begins: () => false,
    skipped: () => undefined,
  });
}

function functionType(reader: Reader, token: Token): TypeNode {
  advance(reader);
  const parameters = list<TypeNode>(reader, {
    open: "(",
    commas: true,
    separator: "a comma",
    what: "a type",
    element: type,
    begins: beginsType,
    skipped: (span) => ({ kind: "error", span }),
  });
  expect(reader, "->", "`->` and the result of the function");
  const result = singleType(reader);
  return { kind: "function-type", parameters, result, span: since(reader, token.start) };
}

function namedType(reader: Reader): TypeNode {
  const start = reader.token.start;
  const path: Name[] = [takeWord(reader)];
  while (accept(reader, ".")) {
    if (reader.token.word) path.push(takeWord(reader));
    else path.push(name(reader, "a name after `.`"));
  }
  let given: readonly TypeArgument[] = [];
  if (accept(reader, "[")) {
    given = list<TypeArgument>(reader, {
      open: "[",
      commas: true,
      separator: "a comma",
      what: "a type or a dimension",
      element: typeArgument,
      begins: (here) => beginsType(here) || here.token.kind === "..",
      skipped: (span) => ({ kind: "type-argument", type: { kind: "error", span }, span }),
    });
  }
  return { kind: "named-type", path, arguments: given, span: since(reader, start) };
}

function beginsType(reader: Reader): boolean {
  const kind = reader.token.kind;
  return kind === "word" || kind === "string" || kind === "[" || kind === "{" || kind === "(";
}

/** A capital first: a type; a small letter, a number or `..` first: dimensions. */
function typeArgument(reader: Reader): TypeArgument {
  if (namesDimension(reader)) return dimensions(reader);
  const start = reader.token.start;
  const node = type(reader);
  return { kind: "type-argument", type: node, span: since(reader, start) };
}

function namesDimension(reader: Reader): boolean {
  const first = reader.token;
  const token = first.kind === "(" ? ahead(reader, 1) : first;
  if (token === undefined) return false;
  return token.kind === ".." || token.kind === "number" || startsSmall(token);
}

function startsSmall(token: Token): boolean {
  return token.kind === "word" && !/^[A-Z]/.test(token.text);
}

/** `width`, `(kv, head)`, `..in -> ..out`. */
export function dimensions(reader: Reader): DimensionsNode {
  const start = reader.token.start;
  const from = side(reader);
  const to = accept(reader, "->") ? side(reader) : undefined;
  return { kind: "dimensions", from, to, span: since(reader, start) };
}

function side(reader: Reader): readonly DimensionNode[] {
  if (reader.token.kind !== "(" || reader.panic) return [dimension(reader)];
  advance(reader);
  return list<DimensionNode>(reader, {
    open: "(",
    commas: true,
    separator: "a comma",
    what: "a dimension",
    element: dimension,
    begins: (here) => here.token.kind === "word" || here.token.kind === "..",
    skipped: (span) => ({ kind: "dimension", value: { kind: "error", span }, span }),
  });
}

function dimension(reader: Reader): DimensionNode {
  const start = reader.token.start;
  if (accept(reader, "..")) {
    const rest = reader.token.word ? takeWord(reader) : name(reader, "a name after `..`");
    return { kind: "rest", name: rest, span: since(reader, start) };
  }
  const value = reader.rules.dimension(reader);
  return { kind: "dimension", value, span: since(reader, start) };
}

/** `{ name: type where … = …, … }`. */
export function recordType(reader: Reader): RecordTypeNode {
  const start = reader.token.start;
  if (!expect(reader, "{", "`{` and the fields of a record")) {
    return { kind: "record-type", fields: [], span: since(reader, start) };
  }
  const fields = list<FieldNode>(reader, {
    open: "{",
    commas: true,
    separator: "a comma or a line break",
    what: "a field",
    element: field,
    begins: (here) => here.token.word && ahead(here, 1)?.kind === ":",
    skipped: () => undefined,
  });
  return { kind: "record-type", fields, span: since(reader, start) };
}

function field(reader: Reader): FieldNode | undefined {
  const token = reader.token;
  if (!token.word) {
    unexpected(reader, "a field `name: type`");
    return undefined;
  }
  const label = takeWord(reader);
  const given = typeAfter(reader, label);
  const where = acceptWord(reader, "where") ? reader.rules.expression(reader) : undefined;
  const value = accept(reader, "=") ? reader.rules.expression(reader) : undefined;
  const span = since(reader, token.start);
  return { kind: "field", doc: token.doc, name: label, type: given, where, value, span };
}

/** `: type` after the name of a parameter, an input or a field. */
export function typeAfter(reader: Reader, label: Name): TypeNode {
  if (reader.panic) return errorAt(reader);
  if (accept(reader, ":")) {
    const token = reader.token;
    if (!beginsType(reader) && !token.word) {
      unexpected(reader, `a type after \`${label.text}:\``);
      return errorAt(reader);
    }
    return type(reader);
  }
  if (label.text !== "") {
    const facts = { name: label.text, found: describe(reader.token) };
    fail(reader, syntax.missingType, visible(reader, reader.token), facts);
  } else {
    reader.panic = true;
  }
  return errorAt(reader);
}
