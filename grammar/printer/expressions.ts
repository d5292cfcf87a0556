import type {
  Argument,
  BinaryNode,
  Binder,
  BlockNode,
  CallNode,
  Expression,
  IfNode,
  LambdaNode,
  MatchNode,
  NumberNode,
  Pattern,
  RecordNode,
  Setting,
  Statement,
  StringNode,
} from "../tree.ts";
import {
  concat,
  type Document,
  firstText,
  group,
  HARD,
  indent,
  isHard,
  join,
  LINE,
  SOFT,
} from "./document.ts";
import { bracketed, type Part } from "./lists.ts";
import { asWritten, escaped, type Printer, quoted } from "./printer.ts";
import { beginsLine, endsLine, leading, remaining, spelling, trailing } from "./source.ts";
import { dimensions, type } from "./types.ts";

export function expression(printer: Printer, node: Expression): Document {
  switch (node.kind) {
    case "number":
      return number(node);
    case "string":
      return string(printer, node);
    case "boolean":
      return node.value ? "true" : "false";
    case "none":
      return "none";
    case "hole":
      return "…";
    case "reference":
      return node.name;
    case "rest":
      return `..${node.name.text}`;
    case "projection":
      return node.path.map((part) => `.${part.text}`).join("");
    case "group":
      return group(concat("(", indent(concat(SOFT, expression(printer, node.value))), SOFT, ")"));
    case "tuple":
      return expressionList(printer, "(", ")", node.items, node.span.start + 1);
    case "list":
      return expressionList(printer, "[", "]", node.items, node.span.start + 1);
    case "record":
    case "block":
      return braces(printer, node);
    case "parameter-declaration": {
      const given = node.dimensions.map((item) => dimensions(printer, item));
      return concat("param[", join(", ", given), "]");
    }
    case "if":
      return group(conditional(printer, node));
    case "match":
      return matching(printer, node);
    case "for": {
      const binders = node.binders.map(binder).join(", ");
      const source = expression(printer, node.source);
      return concat(`for ${binders} in `, source, " ", braces(printer, node.body));
    }
    case "each": {
      const dimension = expression(printer, node.dimension);
      return concat("each ", dimension, " ", braces(printer, node.body));
    }
    case "fold": {
      const start = expression(printer, node.start);
      const source = expression(printer, node.source);
      const head = concat(
        `fold ${node.name.text} = `,
        start,
        ` for ${binder(node.binder)} in `,
        source,
      );
      return concat(head, " ", braces(printer, node.body));
    }
    case "lambda":
      return lambda(printer, node);
    case "call":
      return call(printer, node);
    case "field":
      return concat(expression(printer, node.object), `.${node.name.text}`);
    case "index": {
      const object = expression(printer, node.object);
      const parts = node.indices.map((item) => argumentPart(printer, item));
      const form = { open: "[", close: "]", braces: false };
      return concat(object, bracketed(printer.source, form, parts, node.span.end - 1));
    }
    case "cast":
      return concat(expression(printer, node.value), " as ", type(printer, node.type));
    case "with": {
      const value = expression(printer, node.value);
      return concat(value, " with ", settings(printer, node.settings, node.value.span.end));
    }
    case "unary":
      return concat(node.operator === "-" ? "-" : "not ", expression(printer, node.value));
    case "binary":
      return node.operator === "|>" ? pipeline(printer, node) : binary(printer, node);
    case "error":
      return asWritten(printer, node.span);
  }
}

function number(node: NumberNode): string {
  return node.unit === undefined ? node.text : `${node.text} ${node.unit.text}`;
}

function string(printer: Printer, node: StringNode): string {
  const written = spelling(printer.source, node.span);
  if (written?.startsWith('"')) return written;
  const pieces = node.pieces.map((piece) => {
    if (piece.kind === "path") return `{${piece.path.map((part) => part.text).join(".")}}`;
    return node.raw ? piece.text : escaped(piece.text);
  });
  const quote = node.raw ? '"""' : '"';
  return quote + pieces.join("") + quote;
}

function expressionList(
  printer: Printer,
  open: string,
  close: string,
  items: readonly Expression[],
  from: number,
): Document {
  const parts = items.map((item): Part => {
    const { start, end } = item.span;
    return { start, end, column: undefined, print: () => expression(printer, item) };
  });
  const [only] = items;
  const hug = items.length === 1 && only !== undefined && isBracketed(only);
  return bracketed(printer.source, { open, close, braces: false, comma: true, hug }, parts, from);
}

/** Operators that are read as one chain, so that it is broken as a whole. */
const CHAINS: readonly (readonly string[])[] = [["+", "-"], ["*", "/"], ["and"], ["or"], ["??"]];

function binary(printer: Printer, node: BinaryNode): Document {
  const family = CHAINS.find((operators) => operators.includes(node.operator));
  const steps: BinaryNode[] = [node];
  let first = node.left;
  while (family !== undefined && first.kind === "binary" && family.includes(first.operator)) {
    steps.unshift(first);
    first = first.left;
  }
  const start = expression(printer, first);
  const operands = steps.map((step) => expression(printer, step.right));
  if (node.operator === "..") {
    const [end = ""] = operands;
    return concat(start, firstText(end).startsWith(".") ? ".. " : "..", end);
  }
  const tight = node.operator === "^" || node.operator === "~";
  const hard = isHard(start) || operands.some(isHard);
  const authored = steps.some((step) => endsLine(printer.source, step.operatorSpan.end));
  const breaks = tight || (hard && !authored) ? " " : hard ? HARD : LINE;
  const parts = steps.map((step, index) =>
    concat(` ${step.operator}`, breaks, operands[index] ?? ""),
  );
  return group(concat(start, indent(concat(...parts))));
}

/** Broken before each `|>` where the author broke before one, or where it does not fit. */
function pipeline(printer: Printer, node: BinaryNode): Document {
  const steps: BinaryNode[] = [node];
  let first = node.left;
  while (first.kind === "binary" && first.operator === "|>") {
    steps.unshift(first);
    first = first.left;
  }
  const { source } = printer;
  const authored = steps.some((step) => beginsLine(source, step.operatorSpan.start));
  const start = expression(printer, first);
  const parts: Document[] = [];
  const operands: Document[] = [];
  for (const step of steps) {
    const behind = authored
      ? concat(remaining(source, step.left.span.end), trailing(source, step.left.span.end))
      : "";
    const own = authored ? leading(source, step.operatorSpan.start) : undefined;
    const operand = expression(printer, step.right);
    operands.push(operand);
    if (behind !== "") parts.push(behind);
    if (own?.end !== undefined) parts.push(HARD, own.document);
    parts.push(authored ? HARD : LINE, "|> ", operand);
  }
  if (!authored && (isHard(start) || operands.some(isHard))) {
    return concat(start, ...operands.flatMap((operand) => [" |> ", operand]));
  }
  return group(concat(start, indent(concat(...parts))));
}

/** All branches are broken or none: their braces belong to the group around the whole. */
function conditional(printer: Printer, node: IfNode): Document {
  const condition = expression(printer, node.condition);
  const head = concat("if ", condition, " ", ungrouped(braces(printer, node.then)));
  const { otherwise } = node;
  if (otherwise === undefined) return head;
  const rest =
    otherwise.kind === "if"
      ? conditional(printer, otherwise)
      : ungrouped(braces(printer, otherwise));
  return concat(head, " else ", rest);
}

function ungrouped(document: Document): Document {
  return typeof document !== "string" && document.kind === "group" ? document.content : document;
}

function matching(printer: Printer, node: MatchNode): Document {
  const value = expression(printer, node.value);
  const parts = node.arms.map((arm): Part => {
    const key = pattern(printer, arm.pattern);
    return {
      start: arm.span.start,
      end: arm.span.end,
      column: {
        sign: "=>",
        keyWidth: key.length,
        keyEnd: arm.pattern.span.end,
        value: arm.value.span.start,
      },
      print: (pad) => concat(key, pad, " => ", expression(printer, arm.value)),
    };
  });
  const form = { open: "{", close: "}", braces: true };
  return concat("match ", value, " ", bracketed(printer.source, form, parts, node.value.span.end));
}

function pattern(printer: Printer, node: Pattern): string {
  switch (node.kind) {
    case "string-pattern":
      return quoted(printer, node.span, node.value);
    case "number-pattern":
      return spelling(printer.source, node.span) ?? String(node.value);
    case "boolean-pattern":
      return node.value ? "true" : "false";
    case "none-pattern":
      return "none";
    case "name-pattern":
      return node.name.text;
    case "error":
      return asWritten(printer, node.span);
  }
}

function binder(node: Binder): string {
  const names = node.names.map((item) => item.text).join(", ");
  return node.tuple ? `(${names})` : names;
}

function lambda(printer: Printer, node: LambdaNode): Document {
  const parameters = node.parameters.map((item) =>
    item.type === undefined
      ? item.name.text
      : concat(`${item.name.text}: `, type(printer, item.type)),
  );
  return concat("|", join(", ", parameters), "| ", expression(printer, node.body));
}

/** True where an expression ends with a bracket that can be broken instead of what is around it. */
function isBracketed(node: Expression): boolean {
  switch (node.kind) {
    case "record":
    case "block":
    case "list":
    case "match":
    case "for":
    case "fold":
    case "if":
    case "each":
      return true;
    case "string":
      return node.raw;
    case "lambda":
      return isBracketed(node.body);
    case "call":
      return node.braces;
    default:
      return false;
  }
}

function call(printer: Printer, node: CallNode): Document {
  const callee = expression(printer, node.callee);
  const named = node.callee.kind === "reference" || node.callee.kind === "field";
  const none = node.arguments.length === 0;
  const bare = node.braces && named && none && !hasParentheses(printer, node);
  const given = bare ? "" : callArguments(printer, node.arguments, node.callee.span.end);
  if (!node.braces) return concat(callee, given);
  const last = node.arguments[node.arguments.length - 1];
  return concat(
    callee,
    given,
    " ",
    settings(printer, node.settings, last?.span.end ?? node.callee.span.end),
  );
}

/** `f() { … }` and `f { … }` are one tree; the author's form is kept. */
function hasParentheses(printer: Printer, node: CallNode): boolean {
  const after = printer.source.text.slice(node.callee.span.end, node.callee.span.end + 20);
  return after.trimStart().startsWith("(");
}

/** `(a, b, name: c)`. */
export function callArguments(
  printer: Printer,
  given: readonly Argument[],
  from: number,
): Document {
  const last = given[given.length - 1];
  const hug = last !== undefined && isBracketed(last.value);
  const parts = given.map((item) => argumentPart(printer, item));
  const form = { open: "(", close: ")", braces: false, comma: true, hug };
  return bracketed(printer.source, form, parts, from + 1);
}

function argumentPart(printer: Printer, node: Argument): Part {
  const { name, value, span } = node;
  return {
    start: span.start,
    end: span.end,
    column:
      name === undefined
        ? undefined
        : { sign: ":", keyWidth: name.text.length, keyEnd: name.span.end, value: value.span.start },
    print: (pad) =>
      name === undefined
        ? expression(printer, value)
        : concat(`${name.text}:`, pad, " ", expression(printer, value)),
  };
}

/** A block or a record. */
export function braces(printer: Printer, node: BlockNode | RecordNode): Document {
  const form = { open: "{", close: "}", braces: true };
  const from = node.span.start + 1;
  if (node.kind === "record") {
    const parts = node.fields.map((item) => recordField(printer, item));
    return bracketed(printer.source, form, parts, from);
  }
  const parts = node.statements.map((item) => statementPart(printer, item));
  const { result } = node;
  if (result !== undefined) {
    const { start, end } = result.span;
    parts.push({ start, end, column: undefined, print: () => expression(printer, result) });
  }
  // Line breaks are all that separates statements.
  return bracketed(printer.source, { ...form, always: parts.length > 1 }, parts, from);
}

function recordField(printer: Printer, node: RecordNode["fields"][number]): Part {
  const { start, end } = node.span;
  if (node.kind !== "record-field") {
    const text = node.kind === "hole" ? "…" : asWritten(printer, node.span);
    return { start, end, column: undefined, print: () => text };
  }
  return keyed(printer, node.name.text, node.name.span.end, node.value, start, end);
}

function keyed(
  printer: Printer,
  key: string,
  keyEnd: number,
  value: Expression,
  start: number,
  end: number,
): Part {
  return {
    start,
    end,
    column: { sign: ":", keyWidth: key.length, keyEnd, value: value.span.start },
    print: (pad) => concat(`${key}:`, pad, " ", expression(printer, value)),
  };
}

function statementPart(printer: Printer, node: Statement): Part {
  const { start, end } = node.span;
  if (node.kind === "binding") return bindingPart(printer, node);
  return { start, end, column: undefined, print: () => expression(printer, node.value) };
}

/** `let name = value`. */
export function bindingPart(printer: Printer, node: Extract<Statement, { kind: "binding" }>): Part {
  return definitionPart(printer, `${node.word} ${node.name.text}`, node);
}

/** `key = value`, for bindings and members. */
export function definitionPart(
  printer: Printer,
  key: string,
  node: {
    readonly name: { readonly span: { readonly end: number } };
    readonly value: Expression;
    readonly span: { readonly start: number; readonly end: number };
  },
): Part {
  return {
    start: node.span.start,
    end: node.span.end,
    column: {
      sign: "=",
      keyWidth: key.length,
      keyEnd: node.name.span.end,
      value: node.value.span.start,
    },
    print: (pad) => concat(key, pad, " = ", expression(printer, node.value)),
  };
}

/** `{ name: value, … }` after a name or a call. */
export function settings(printer: Printer, given: readonly Setting[], from: number): Document {
  const parts = given.map((item) => settingPart(printer, item));
  const start = printer.source.text.indexOf("{", from) + 1;
  return bracketed(printer.source, { open: "{", close: "}", braces: true }, parts, start);
}

function settingPart(printer: Printer, node: Setting): Part {
  const { start, end } = node.span;
  switch (node.kind) {
    case "setting":
      return keyed(printer, node.name.text, node.name.span.end, node.value, start, end);
    case "keyed-setting": {
      const key = node.key.kind === "number" ? number(node.key) : string(printer, node.key);
      return keyed(printer, key, node.key.span.end, node.value, start, end);
    }
    case "config": {
      const print = () => concat("config ", settings(printer, node.settings, start));
      return { start, end, column: undefined, print };
    }
    case "every": {
      const print = () => {
        const interval = expression(printer, node.interval);
        return concat(
          "every ",
          interval,
          " ",
          settings(printer, node.settings, node.interval.span.end),
        );
      };
      return { start, end, column: undefined, print };
    }
    case "hole":
      return { start, end, column: undefined, print: () => "…" };
    case "error":
      return { start, end, column: undefined, print: () => asWritten(printer, node.span) };
  }
}
