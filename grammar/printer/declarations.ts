import type {
  FunctionItem,
  Item,
  LayoutMember,
  Member,
  ModelItem,
  Parameter,
  UseItem,
} from "../tree.ts";
import { concat, type Document, HARD, indent } from "./document.ts";
import {
  bindingPart,
  braces,
  callArguments,
  definitionPart,
  expression,
  settings,
} from "./expressions.ts";
import { bracketed, type Part, sequence } from "./lists.ts";
import { asWritten, type Printer, quoted } from "./printer.ts";
import { afterOpening } from "./source.ts";
import { recordType, type } from "./types.ts";

/** The declarations of a file. */
export function items(printer: Printer, nodes: readonly Item[], end: number): Document {
  return sequence(
    printer.source,
    nodes.map((node) => itemPart(printer, node)),
    end,
  );
}

function plain(node: Item | Member, print: () => Document): Part {
  return { start: node.span.start, end: node.span.end, column: undefined, print };
}

function itemPart(printer: Printer, node: Item): Part {
  switch (node.kind) {
    case "use":
      return plain(node, () => use(printer, node));
    case "input":
      return plain(node, () =>
        concat(
          `input ${node.name.text}: `,
          type(printer, node.type),
          node.value === undefined ? "" : concat(" = ", expression(printer, node.value)),
        ),
      );
    case "record": {
      const key = `record ${node.name.text}`;
      return {
        start: node.span.start,
        end: node.span.end,
        column: {
          sign: "{",
          keyWidth: key.length,
          keyEnd: node.name.span.end,
          value: node.type.span.start,
        },
        print: (pad) => concat(key, pad, " ", recordType(printer, node.type)),
      };
    }
    case "type": {
      const key = `type ${node.name.text}`;
      return {
        start: node.span.start,
        end: node.span.end,
        column: {
          sign: "=",
          keyWidth: key.length,
          keyEnd: node.name.span.end,
          value: node.type.span.start,
        },
        print: (pad) => concat(key, pad, " = ", type(printer, node.type)),
      };
    }
    case "model":
      return plain(node, () => model(printer, node));
    case "function":
      return plain(node, () => fn(printer, node));
    case "binding":
      return bindingPart(printer, node);
    case "ensure":
      return plain(node, () => concat("ensure ", expression(printer, node.value)));
    case "hole":
      return plain(node, () => "…");
    case "error":
      return plain(node, () => asWritten(printer, node.span));
  }
}

function use(printer: Printer, node: UseItem): Document {
  const { source, names } = node;
  const from = source.kind === "library" ? source.text : quoted(printer, source.span, source.text);
  const parts = names.map(({ name, as }): Part => {
    const text = as === undefined ? name.text : `${name.text} as ${as.text}`;
    const end = (as ?? name).span.end;
    return { start: name.span.start, end, column: undefined, print: () => text };
  });
  const form = { open: "{", close: "}", braces: true };
  return concat("use ", from, " ", bracketed(printer.source, form, parts, source.span.end));
}

function parameters(printer: Printer, nodes: readonly Parameter[], from: number): Document {
  const parts = nodes.map((node): Part => {
    const { name, value, span } = node;
    return {
      start: span.start,
      end: span.end,
      column: {
        sign: ":",
        keyWidth: name.text.length,
        keyEnd: name.span.end,
        value: node.type.span.start,
      },
      print: (pad) => {
        const given = concat(`${name.text}:`, pad, " ", type(printer, node.type));
        return value === undefined ? given : concat(given, " = ", expression(printer, value));
      },
    };
  });
  const form = { open: "(", close: ")", braces: false, comma: true };
  return bracketed(printer.source, form, parts, from);
}

function fn(printer: Printer, node: FunctionItem): Document {
  const head = node.name === undefined ? "fn " : `fn ${node.name.text}`;
  const from = printer.source.text.indexOf("(", node.name?.span.end ?? node.span.start) + 1;
  const parts: Document[] = [head, parameters(printer, node.parameters, from)];
  if (node.result !== undefined) parts.push(" -> ", type(printer, node.result));
  const { body } = node;
  if (body?.kind === "code") parts.push(" ", braces(printer, body.expression));
  if (body?.kind === "row") {
    const written = asWritten(printer, body.span);
    const at = written.indexOf('"');
    const row = at < 0 ? quoted(printer, { start: 0, end: 0 }, body.row) : written.slice(at);
    parts.push(` = ${body.table.text} ${row}`);
  }
  return concat(...parts);
}

function model(printer: Printer, node: ModelItem): Document {
  const { source } = printer;
  const parts: Document[] = [`model ${node.name.text}`];
  if (node.parameters !== undefined) {
    parts.push(parameters(printer, node.parameters, node.name.span.end + 1));
  }
  const close = node.span.end - 1;
  const behind = afterOpening(source, node.members[0]?.span.start ?? close);
  const members = node.members.map((item) => memberPart(printer, item));
  const inner = sequence(source, members, close);
  if (node.members.length === 0 && inner === "" && behind === "") return concat(...parts, " {}");
  return concat(...parts, " {", behind, indent(concat(HARD, inner)), HARD, "}");
}

function memberPart(printer: Printer, node: Member): Part {
  switch (node.kind) {
    case "function":
      return plain(node, () => fn(printer, node));
    case "binding":
      return bindingPart(printer, node);
    case "member":
      return definitionPart(printer, node.name.text, node);
    case "declared": {
      const { name, value } = node;
      return {
        start: node.span.start,
        end: node.span.end,
        column: {
          sign: ":",
          keyWidth: name.text.length,
          keyEnd: name.span.end,
          value: node.type.span.start,
        },
        print: (pad) =>
          concat(
            `${name.text}:`,
            pad,
            " ",
            type(printer, node.type),
            value === undefined ? "" : concat(" = ", expression(printer, value)),
          ),
      };
    }
    case "layout":
      return plain(node, () => layout(printer, node));
    case "hole":
      return plain(node, () => "…");
    case "error":
      return plain(node, () => asWritten(printer, node.span));
  }
}

function layout(printer: Printer, node: LayoutMember): Document {
  const given =
    node.arguments.length === 0 ? "" : callArguments(printer, node.arguments, node.format.span.end);
  const last = node.arguments[node.arguments.length - 1];
  const from = last?.span.end ?? node.format.span.end;
  return concat(`layout ${node.format.text}`, given, " ", settings(printer, node.settings, from));
}
