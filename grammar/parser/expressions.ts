import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import type { Token, TokenKind } from "../tokens.ts";
import type {
  Argument,
  BinaryOperator,
  CallNode,
  Expression,
  LambdaNode,
  Setting,
  Span,
} from "../tree.ts";
import { primary } from "./primaries.ts";
import {
  accept,
  advance,
  ahead,
  certain,
  deeper,
  errorAt,
  expect,
  likely,
  list,
  name,
  type Reader,
  report,
  since,
  takeWord,
  unexpected,
} from "./reader.ts";

interface Operator {
  readonly power: number;
  readonly operator: BinaryOperator;
  /** Two of them side by side are an error. */
  readonly single: boolean;
}

const PIPE = 2;
const NOT = 6;
const COMPARISON = 7;
const SUM = 9;
const PRODUCT = 10;

function row(power: number, operator: BinaryOperator, single = false): Operator {
  return { power, operator, single };
}

/** Loosest first; `^` and the prefixes are read in `prefix` and `raised`. */
const OPERATORS: ReadonlyMap<TokenKind, Operator> = new Map<TokenKind, Operator>([
  ["~", row(1, "~", true)],
  ["|>", row(PIPE, "|>")],
  ["??", row(3, "??")],
  ["or", row(4, "or")],
  ["and", row(5, "and")],
  ["==", row(COMPARISON, "==", true)],
  ["!=", row(COMPARISON, "!=", true)],
  ["<", row(COMPARISON, "<", true)],
  ["<=", row(COMPARISON, "<=", true)],
  [">", row(COMPARISON, ">", true)],
  [">=", row(COMPARISON, ">=", true)],
  ["..", row(8, "..", true)],
  ["+", row(SUM, "+")],
  ["-", row(SUM, "-")],
  ["*", row(PRODUCT, "*")],
  ["/", row(PRODUCT, "/")],
  // Read as ours after a report, so that the rest of the line is understood.
  ["&&", row(5, "and")],
  ["%", row(PRODUCT, "/")],
]);

export function expression(reader: Reader): Expression {
  return deeper(reader, unnested) ?? errorAt(reader);
}

/** A sum of dimensions. */
export function dimensionSum(reader: Reader): Expression {
  return deeper(reader, (here) => binary(here, SUM)) ?? errorAt(reader);
}

function unnested(reader: Reader): Expression {
  if (reader.token.kind === "|" && !reader.panic) return lambda(reader);
  const start = reader.token.start;
  let node = binary(reader, 1);
  while (!reader.panic && startsWith(reader)) {
    reader.links += 1;
    advance(reader);
    const settings = reader.rules.settings(reader);
    node = { kind: "with", value: node, settings, span: since(reader, start) };
  }
  if (reader.token.kind === "=>" && !reader.panic) return foreignLambda(reader, node);
  return node;
}

function startsWith(reader: Reader): boolean {
  const token = reader.token;
  return token.kind === "word" && token.text === "with" && ahead(reader, 1)?.kind === "{";
}

/** `(a) => b` and `a => b`; where arms of a match are read, the pattern has been taken before. */
function foreignLambda(reader: Reader, node: Expression): Expression {
  const arrow = reader.token;
  if (namesOf(node).length === 0 && node.kind !== "tuple") {
    unexpected(reader, "an operator or the end of the expression");
    return node;
  }
  const help = "write `|a| …`";
  const span = { start: node.span.start, end: arrow.end };
  report(reader, syntax.foreignLambda, span, { help }, lambdaFix(reader, node, span));
  advance(reader);
  const body = expression(reader);
  const parameters: LambdaNode["parameters"] = namesOf(node).map((item) => ({
    name: { kind: "name", text: item.name, span: item.span },
    type: undefined,
    span: item.span,
  }));
  return { kind: "lambda", parameters, body, span: since(reader, node.span.start) };
}

function namesOf(node: Expression): readonly { readonly name: string; readonly span: Span }[] {
  if (node.kind === "reference") return [node];
  if (node.kind === "group") return namesOf(node.value);
  if (node.kind === "tuple") return node.items.flatMap(namesOf);
  return [];
}

function lambdaFix(reader: Reader, node: Expression, span: Span) {
  const names = namesOf(node);
  if (names.length === 0) return [];
  const bars = `|${names.map((item) => item.name).join(", ")}|`;
  return [certain(reader, `write \`${bars}\``, span, bars)];
}

function lambda(reader: Reader): Expression {
  const start = reader.token.start;
  advance(reader);
  const parameters: LambdaNode["parameters"][number][] = [];
  if (reader.token.kind === "|") {
    const help = "a function has at least one parameter; `or` is the word for either";
    report(reader, syntax.foreignLambda, { start, end: reader.token.end }, { help });
  }
  while (!reader.panic && reader.token.kind !== "|") {
    const from = reader.token.start;
    const label = name(reader, "a parameter");
    const type = accept(reader, ":") ? reader.rules.singleType(reader) : undefined;
    parameters.push({ name: label, type, span: since(reader, from) });
    if (!accept(reader, ",")) break;
  }
  expect(reader, "|", "`,` or `|` after a parameter");
  const body =
    reader.token.kind === "{" && !reader.panic
      ? reader.rules.braces(reader, "the value of the function")
      : expression(reader);
  return { kind: "lambda", parameters, body, span: since(reader, start) };
}

/** Precedence climbing: reads operators that bind at least as tightly as `least`. */
function binary(reader: Reader, least: number): Expression {
  const start = reader.token.start;
  let left = prefix(reader, least);
  let previous: { readonly operator: Operator; readonly token: Token } | undefined;
  while (!reader.panic) {
    const token = reader.token;
    const operator = OPERATORS.get(token.kind) ?? bars(reader);
    if (operator === undefined || operator.power < least) break;
    reader.links += 1;
    if (previous?.operator.power === operator.power && operator.single) {
      chained(reader, previous.token, token, left);
      if (reader.panic) break;
    }
    const foreign = token.kind === "%" || token.kind === "&&" || token.kind === "|";
    const bar = token.kind === "|" ? ahead(reader, 1) : undefined;
    if (bar !== undefined) advance(reader);
    advance(reader);
    const operatorSpan = { start: token.start, end: (bar ?? token).end };
    const at = reader.faults.length;
    const right = binary(reader, operator.power + 1);
    if (foreign) reportForeign(reader, operatorSpan, left, right, at);
    left = {
      kind: "binary",
      operator: operator.operator,
      operatorSpan,
      left,
      right,
      span: since(reader, start),
    };
    previous = { operator, token };
  }
  return left;
}

/** `||` where an operator stands: two bars side by side. */
function bars(reader: Reader): Operator | undefined {
  const token = reader.token;
  const next = ahead(reader, 1);
  if (token.kind !== "|" || next?.kind !== "|" || next.start !== token.end) return undefined;
  return OPERATORS.get("or");
}

function chained(reader: Reader, first: Token, second: Token, left: Expression): void {
  if (second.kind === ".." || second.kind === "~") {
    unexpected(reader, "one operator of this kind");
    return;
  }
  const middle = left.kind === "binary" ? left.right.span : left.span;
  const text = reader.text.slice(middle.start, middle.end);
  const fixes = [
    likely(
      reader,
      "join two comparisons with `and`",
      { start: middle.end, end: middle.end },
      ` and ${text}`,
    ),
  ];
  const facts = { first: first.text, second: second.text };
  report(reader, syntax.chainedComparison, second, facts, fixes);
}

function reportForeign(
  reader: Reader,
  span: Span,
  left: Expression,
  right: Expression,
  at: number,
): void {
  if (reader.panic) return;
  const found = reader.text.slice(span.start, span.end);
  if (found === "%") {
    // The fix holds the text of both sides, so they have to be right.
    if (reader.faults.length > at) return;
    const text = (node: Expression) => reader.text.slice(node.span.start, node.span.end);
    const whole = { start: left.span.start, end: right.span.end };
    const call = `mod(${text(left)}, ${text(right)})`;
    const fixes = [certain(reader, `write \`${call}\``, whole, call)];
    report(reader, syntax.foreignOperator, span, { found, ours: "`mod(a, b)`" }, fixes);
    return;
  }
  const ours = found === "&&" ? "and" : "or";
  const fixes = [certain(reader, `write \`${ours}\``, span, ours)];
  report(reader, syntax.foreignOperator, span, { found, ours: `\`${ours}\`` }, fixes);
}

function prefix(reader: Reader, least: number): Expression {
  const token = reader.token;
  if (reader.panic) return errorAt(reader);
  if (token.kind === "not" || token.kind === "!") {
    if (token.kind === "!") {
      const gap = reader.tokens[reader.at + 1]?.start === token.end ? " " : "";
      const fixes = [certain(reader, "write `not`", token, `not${gap}`)];
      report(reader, syntax.foreignOperator, token, { found: "!", ours: "`not`" }, fixes);
    } else if (least > NOT) {
      report(reader, syntax.needsParentheses, token, { found: "not" });
    }
    advance(reader);
    const value = operand(reader, token, (here) => binary(here, COMPARISON));
    return { kind: "unary", operator: "not", value, span: since(reader, token.start) };
  }
  return unary(reader);
}

function unary(reader: Reader): Expression {
  const token = reader.token;
  if (token.kind !== "-") return raised(reader);
  advance(reader);
  const value = operand(reader, token, unary);
  return { kind: "unary", operator: "-", value, span: since(reader, token.start) };
}

function operand(reader: Reader, token: Token, rule: (reader: Reader) => Expression): Expression {
  if (token.kind === "not" && reader.token.kind === "not") {
    return deeper(reader, (here) => prefix(here, NOT)) ?? errorAt(reader);
  }
  return deeper(reader, rule) ?? errorAt(reader);
}

/** `^` binds tighter than a minus before it and associates to the right. */
function raised(reader: Reader): Expression {
  const start = reader.token.start;
  const base = postfix(reader);
  const token = reader.token;
  if (reader.panic || (token.kind !== "^" && token.kind !== "**")) return base;
  if (token.kind === "**") {
    const fixes = [certain(reader, "write `^`", token, "^")];
    report(reader, syntax.foreignOperator, token, { found: "**", ours: "`^`" }, fixes);
  }
  advance(reader);
  const right = deeper(reader, unary) ?? errorAt(reader);
  return {
    kind: "binary",
    operator: "^",
    operatorSpan: { start: token.start, end: token.end },
    left: base,
    right,
    span: since(reader, start),
  };
}

function postfix(reader: Reader): Expression {
  const start = reader.token.start;
  let node = primary(reader);
  let settable = node.kind === "reference";
  while (!reader.panic) {
    const token = reader.token;
    if (token.kind === ".") {
      advance(reader);
      const label =
        reader.token.word && !endsHere(reader)
          ? takeWord(reader)
          : name(reader, "a name after `.`");
      node = { kind: "field", object: node, name: label, span: since(reader, start) };
      settable = true;
    } else if (token.kind === "(") {
      const given = argumentList(reader);
      node = call(node, given, [], false, since(reader, start));
      settable = true;
    } else if (token.kind === "[") {
      advance(reader);
      const indices = list(reader, INDICES);
      node = { kind: "index", object: node, indices, span: since(reader, start) };
      settable = false;
    } else if (token.kind === "as") {
      advance(reader);
      const type = reader.rules.singleType(reader);
      node = { kind: "cast", value: node, type, span: since(reader, start) };
      settable = false;
    } else if (token.kind === "{" && settable && !reader.inHead && !token.first) {
      const settings = reader.rules.settings(reader);
      const bare = node.kind === "call" ? node : undefined;
      node = call(
        bare?.callee ?? node,
        bare?.arguments ?? [],
        settings,
        true,
        since(reader, start),
      );
      settable = false;
    } else {
      break;
    }
    reader.links += 1;
  }
  return node;
}

/** After `.` at the end of a line the next line is not its name, where that begins something. */
function endsHere(reader: Reader): boolean {
  return reader.token.first && ahead(reader, 1)?.kind === ":";
}

function call(
  callee: Expression,
  given: readonly Argument[],
  settings: readonly Setting[],
  braces: boolean,
  span: Span,
): CallNode {
  return { kind: "call", callee, arguments: given, settings, braces, span };
}

const ARGUMENTS = {
  open: "(",
  commas: true,
  separator: "a comma",
  what: "an argument",
  element: argument,
  begins: beginsArgument,
  skipped: skippedArgument,
} as const;

const INDICES = { ...ARGUMENTS, open: "[" } as const;

/** `(a, b, name: c)`, the parenthesis included. */
export function argumentList(reader: Reader): readonly Argument[] {
  advance(reader);
  const given = list<Argument>(reader, ARGUMENTS);
  let named = false;
  for (const item of given) {
    if (item.name !== undefined) named = true;
    else if (named && !mayFollowNamed(item.value)) {
      const text = reader.text.slice(item.span.start, item.span.end);
      const found = text.length > 60 || text.includes("\n") ? "a positional one" : `\`${text}\``;
      report(reader, syntax.positionalAfterNamed, item.span, { found });
    }
  }
  return given;
}

function mayFollowNamed(value: Expression): boolean {
  return value.kind === "reference" || value.kind === "error" || value.kind === "hole";
}

function argument(reader: Reader): Argument {
  const start = reader.token.start;
  const label = namedBy(reader);
  const value = expression(reader);
  return { kind: "argument", name: label, value, span: since(reader, start) };
}

/** The name before `:`; `=` in its place is reported and read as `:`. */
function namedBy(reader: Reader) {
  const next = ahead(reader, 1);
  if (!reader.token.word || next === undefined) return undefined;
  if (next.kind !== ":" && next.kind !== "=") return undefined;
  const label = takeWord(reader);
  if (next.kind === "=") reportEquals(reader, label.text, label.span, next);
  advance(reader);
  return label;
}

/** `name = value` where `name: value` belongs. */
export function reportEquals(reader: Reader, text: string, before: Span, equals: Token): void {
  const span = { start: before.end, end: equals.end };
  const fixes = [certain(reader, "write `:`", span, ":")];
  report(reader, syntax.equalsForColon, equals, { name: text }, fixes);
}

function beginsArgument(reader: Reader): boolean {
  const { kind, word } = reader.token;
  if (kind === "word" || kind === "number" || kind === "string" || kind === "hole") return true;
  if (kind === "true" || kind === "false" || kind === "none") return true;
  return word && ahead(reader, 1)?.kind === ":";
}

function skippedArgument(span: Span): Argument {
  return { kind: "argument", name: undefined, value: { kind: "error", span }, span };
}
