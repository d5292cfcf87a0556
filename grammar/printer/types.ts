import type {
  DimensionNode,
  DimensionsNode,
  FieldNode,
  RecordTypeNode,
  TypeArgument,
  TypeNode,
} from "../tree.ts";
import { concat, type Document, group, HARD, indent, isHard, join, LINE } from "./document.ts";
import { bracketed, type Part } from "./lists.ts";
import { asWritten, type Printer, quoted } from "./printer.ts";
import { beginsLine } from "./source.ts";

export function type(printer: Printer, node: TypeNode): Document {
  switch (node.kind) {
    case "named-type": {
      const path = node.path.map((part) => part.text).join(".");
      if (node.arguments.length === 0) return path;
      const given = node.arguments.map((item) => typeArgument(printer, item));
      return concat(path, "[", join(", ", given), "]");
    }
    case "record-type":
      return recordType(printer, node);
    case "list-type":
      return concat("[", type(printer, node.element), "]");
    case "function-type": {
      const taken = node.parameters.map((item) => type(printer, item));
      return concat("(", join(", ", taken), ") -> ", type(printer, node.result));
    }
    case "literal-type":
      return quoted(printer, node.span, node.value);
    case "optional-type":
      return optional(printer, node.inner);
    case "union-type": {
      const members = node.members.map((item) => type(printer, item));
      const hard = members.some(isHard);
      const authored = node.members.some((item) => beginsLine(printer.source, item.span.start));
      const breaks = hard ? (authored ? HARD : " ") : LINE;
      return group(indent(join(concat(" |", breaks), members)));
    }
    case "error":
      return asWritten(printer, node.span);
  }
}

/** `T?`, or `A | B | none` where the mark would belong to `B` alone. */
function optional(printer: Printer, inner: TypeNode): Document {
  const loose = inner.kind === "union-type" || inner.kind === "function-type";
  return concat(type(printer, inner), loose ? " | none" : "?");
}

function typeArgument(printer: Printer, node: TypeArgument): Document {
  return node.kind === "type-argument" ? type(printer, node.type) : dimensions(printer, node);
}

export function dimensions(printer: Printer, node: DimensionsNode): Document {
  const from = side(printer, node.from);
  return node.to === undefined ? from : concat(from, " -> ", side(printer, node.to));
}

function side(printer: Printer, nodes: readonly DimensionNode[]): Document {
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) return dimension(printer, only);
  return concat(
    "(",
    join(
      ", ",
      nodes.map((node) => dimension(printer, node)),
    ),
    ")",
  );
}

function dimension(printer: Printer, node: DimensionNode): Document {
  return node.kind === "rest" ? `..${node.name.text}` : printer.expression(printer, node.value);
}

export function recordType(printer: Printer, node: RecordTypeNode): Document {
  const parts = node.fields.map((item) => fieldPart(printer, item));
  return bracketed(
    printer.source,
    { open: "{", close: "}", braces: true },
    parts,
    node.span.start + 1,
  );
}

function fieldPart(printer: Printer, node: FieldNode): Part {
  const key = node.name.text;
  return {
    start: node.span.start,
    end: node.span.end,
    column: {
      sign: ":",
      keyWidth: key.length,
      keyEnd: node.name.span.end,
      value: node.type.span.start,
    },
    print: (pad) => {
      const parts: Document[] = [`${key}:`, pad, " ", type(printer, node.type)];
      if (node.where !== undefined) parts.push(" where ", printer.expression(printer, node.where));
      if (node.value !== undefined) parts.push(" = ", printer.expression(printer, node.value));
      return concat(...parts);
    },
  };
}
