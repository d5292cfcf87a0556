import * as syntax from "../../program/diagnostics/catalogue/syntax.ts";
import { describe, type Token } from "../tokens.ts";
import type {
  Binder,
  DimensionsNode,
  Expression,
  FoldNode,
  ForNode,
  IfNode,
  MatchNode,
  Name,
  Pattern,
} from "../tree.ts";
import { number, plainNumber, stringNode, stringText } from "./literals.ts";
import {
  accept,
  advance,
  ahead,
  certain,
  deeper,
  errorAt,
  expect,
  fail,
  list,
  name,
  type Reader,
  report,
  since,
  takeWord,
  unexpected,
  visible,
} from "./reader.ts";

/** What an operator or a suffix can stand beside. */
export function primary(reader: Reader): Expression {
  const token = reader.token;
  if (reader.panic) return errorAt(reader);
  switch (token.kind) {
    case "word":
      return word(reader, token);
    case "number":
      return number(reader);
    case "string":
      return stringNode(reader, advance(reader));
    case "hole":
      advance(reader);
      return { kind: "hole", span: since(reader, token.start) };
    case "true":
    case "false":
      advance(reader);
      return { kind: "boolean", value: token.kind === "true", span: since(reader, token.start) };
    case "none":
      advance(reader);
      return { kind: "none", span: since(reader, token.start) };
    case "(":
      return parentheses(reader, token);
    case "[":
      return listOf(reader, token);
    case "{":
      return reader.rules.braces(reader, "an expression");
    case "..": {
      advance(reader);
      const rest = reader.token.word ? takeWord(reader) : name(reader, "a name after `..`");
      return { kind: "rest", name: rest, span: since(reader, token.start) };
    }
    case ".":
      return projection(reader, token);
    case "if":
      return conditional(reader);
    case "match":
      return matching(reader, token);
    case "for":
      return loop(reader, token);
    case "|":
      return misplacedLambda(reader, token);
    default:
      return missing(reader);
  }
}

/** States that an expression should stand here. */
function missing(reader: Reader): Expression {
  const token = reader.token;
  const before = reader.tokens[reader.at - 1];
  const after = before === undefined || before.kind === "separator" ? undefined : before.text;
  const facts = { after: after === "" ? undefined : after, found: describe(token) };
  fail(reader, syntax.missingExpression, visible(reader, token), facts);
  return errorAt(reader);
}

/** A lambda beside an operator; what it takes and gives is read as it stands. */
function misplacedLambda(reader: Reader, token: Token): Expression {
  const help = "put the function in parentheses: `(|a| …)`";
  report(reader, syntax.foreignLambda, token, { help });
  return reader.rules.expression(reader);
}

function word(reader: Reader, token: Token): Expression {
  const next = ahead(reader, 1);
  if (next !== undefined && !next.first) {
    if (token.text === "param" && next.kind === "[") return parameterDeclaration(reader, token);
    if (token.text === "each" && (next.kind === "word" || next.kind === "("))
      return each(reader, token);
    if (token.text === "fold" && next.kind === "word") return fold(reader, token);
    if (token.text === "return" && startsValue(next)) {
      advance(reader);
      const fixes = [
        certain(reader, "remove `return`", { start: token.start, end: next.start }, ""),
      ];
      const help = "the last expression of a block is its value";
      report(reader, syntax.foreignWord, token, { word: token.text, help }, fixes);
      return reader.rules.expression(reader);
    }
  }
  advance(reader);
  return { kind: "reference", name: token.text, span: since(reader, token.start) };
}

function startsValue(token: Token): boolean {
  const kind = token.kind;
  if (kind === "word" || kind === "number" || kind === "string") return true;
  return (
    token.word &&
    kind !== "and" &&
    kind !== "or" &&
    kind !== "as" &&
    kind !== "in" &&
    kind !== "else"
  );
}

function each(reader: Reader, token: Token): Expression {
  // `each(…)` without a body is a call like any other.
  if (ahead(reader, 1)?.kind === "(") {
    advance(reader);
    return { kind: "reference", name: token.text, span: since(reader, token.start) };
  }
  advance(reader);
  const dimension = head(reader);
  const body = reader.rules.braces(reader, "`{` and the module that is repeated");
  return { kind: "each", dimension, body, span: since(reader, token.start) };
}

function parameterDeclaration(reader: Reader, token: Token): Expression {
  advance(reader);
  advance(reader);
  const dimensions = list<DimensionsNode>(reader, {
    open: "[",
    commas: true,
    separator: "a comma or `->`",
    what: "a dimension",
    element: reader.rules.dimensions,
    begins: (here) => here.token.kind === "word" || here.token.kind === "..",
    skipped: () => undefined,
  });
  return { kind: "parameter-declaration", dimensions, span: since(reader, token.start) };
}

function expressions(reader: Reader, open: "(" | "["): Expression[] {
  return list<Expression>(reader, {
    open,
    commas: true,
    separator: "a comma",
    what: "an expression",
    element: reader.rules.expression,
    begins: (here) => startsValue(here.token),
    skipped: (span) => ({ kind: "error", span }),
  });
}

function parentheses(reader: Reader, token: Token): Expression {
  advance(reader);
  if (reader.token.kind === ")" && ahead(reader, 1)?.kind !== "=>") {
    missing(reader);
    reader.panic = false;
  }
  const items = expressions(reader, "(");
  const span = since(reader, token.start);
  const first = items[0];
  if (items.length === 0 && reader.token.kind !== "=>") return { kind: "error", span };
  if (items.length === 1 && first !== undefined) return { kind: "group", value: first, span };
  return { kind: "tuple", items, span };
}

function listOf(reader: Reader, token: Token): Expression {
  advance(reader);
  const items = expressions(reader, "[");
  return { kind: "list", items, span: since(reader, token.start) };
}

function projection(reader: Reader, token: Token): Expression {
  const path: Name[] = [];
  while (accept(reader, ".")) {
    path.push(reader.token.word ? takeWord(reader) : name(reader, "a name after `.`"));
  }
  return { kind: "projection", path, span: since(reader, token.start) };
}

/** An expression in a head: braces after it are the body, not settings. */
export function head(reader: Reader): Expression {
  const inHead = reader.inHead;
  reader.inHead = true;
  const node = reader.rules.expression(reader);
  reader.inHead = inHead;
  return node;
}

function conditional(reader: Reader): IfNode {
  const start = advance(reader).start;
  let condition = head(reader);
  if (reader.token.kind === "=" && !reader.panic) condition = assigned(reader, condition);
  const then = reader.rules.braces(reader, "`{` and the value where the condition holds");
  const otherwise = alternative(reader);
  return { kind: "if", condition, then, otherwise, span: since(reader, start) };
}

function alternative(reader: Reader): IfNode["otherwise"] {
  const token = reader.token;
  const next = ahead(reader, 1);
  if (reader.panic || next === undefined) return undefined;
  if (token.kind === "word" && (token.text === "elif" || token.text === "elseif") && !token.first) {
    const fixes = [certain(reader, "write `else if`", token, "else if")];
    const facts = { word: token.text, help: "write `else if`" };
    report(reader, syntax.foreignWord, token, facts, fixes);
    return deepIf(reader);
  }
  if (token.kind !== "else") return undefined;
  advance(reader);
  if (reader.token.kind === "if") return deepIf(reader);
  return reader.rules.braces(reader, "`{` or `if` after `else`");
}

/** An `if` after `else`, counted as one level of nesting. */
function deepIf(reader: Reader): IfNode | undefined {
  return deeper(reader, conditional);
}

/** `=` where a comparison was meant. */
function assigned(reader: Reader, left: Expression): Expression {
  const token = reader.token;
  const fixes = [certain(reader, "write `==`", token, "==")];
  report(reader, syntax.foreignOperator, token, { found: "=", ours: "`==`" }, fixes);
  advance(reader);
  const right = head(reader);
  return {
    kind: "binary",
    operator: "==",
    operatorSpan: { start: token.start, end: token.end },
    left,
    right,
    span: since(reader, left.span.start),
  };
}

type Arm = MatchNode["arms"][number];

function matching(reader: Reader, token: Token): MatchNode {
  advance(reader);
  const value = head(reader);
  let arms: readonly Arm[] = [];
  if (expect(reader, "{", "`{` and the arms of the match")) {
    arms = list<Arm>(reader, {
      open: "{",
      commas: true,
      separator: "a comma or a line break",
      what: "an arm",
      element: arm,
      begins: (here) => ahead(here, 1)?.kind === "=>",
      skipped: () => undefined,
    });
  }
  return { kind: "match", value, arms, span: since(reader, token.start) };
}

function arm(reader: Reader): Arm {
  const start = reader.token.start;
  const matched = pattern(reader);
  expect(reader, "=>", "`=>` after the pattern");
  const value = reader.rules.expression(reader);
  return { pattern: matched, value, span: since(reader, start) };
}

function pattern(reader: Reader): Pattern {
  const token = reader.token;
  const span = { start: token.start, end: token.end };
  switch (token.kind) {
    case "string":
      advance(reader);
      return { kind: "string-pattern", value: stringText(reader, token), span };
    case "number": {
      const read = plainNumber(reader);
      const value = read.percent ? read.value / 100 : read.value;
      return { kind: "number-pattern", value, span };
    }
    case "-": {
      const next = ahead(reader, 1);
      if (next?.kind !== "number") break;
      advance(reader);
      const read = plainNumber(reader);
      return { kind: "number-pattern", value: -read.value, span: since(reader, token.start) };
    }
    case "true":
    case "false":
      advance(reader);
      return { kind: "boolean-pattern", value: token.kind === "true", span };
    case "none":
      advance(reader);
      return { kind: "none-pattern", span };
    case "word":
      return { kind: "name-pattern", name: takeWord(reader), span };
    default:
      break;
  }
  unexpected(reader, "a pattern (a string, a number, true, false, none or `_`)");
  return errorAt(reader);
}

function binder(reader: Reader): Binder {
  const start = reader.token.start;
  if (!accept(reader, "(")) {
    const single = name(reader, "a name for the elements");
    return { kind: "binder", names: [single], tuple: false, span: since(reader, start) };
  }
  const names = list<Name>(reader, {
    open: "(",
    commas: true,
    separator: "a comma",
    what: "a name",
    element: (here) => name(here, "a name"),
    begins: (here) => here.token.kind === "word",
    skipped: () => undefined,
  });
  return { kind: "binder", names, tuple: true, span: since(reader, start) };
}

function loop(reader: Reader, token: Token): ForNode {
  advance(reader);
  const binders: Binder[] = [binder(reader)];
  while (accept(reader, ",")) binders.push(binder(reader));
  expect(reader, "in");
  const source = head(reader);
  const body = reader.rules.braces(reader, "`{` and what is made of each element");
  return { kind: "for", binders, source, body, span: since(reader, token.start) };
}

function fold(reader: Reader, token: Token): FoldNode {
  advance(reader);
  const label = name(reader, "a name for what is carried");
  expect(reader, "=", "`=` and the start of the fold");
  const start = head(reader);
  expect(reader, "for", "`for` and the elements of the fold");
  const bound = binder(reader);
  expect(reader, "in");
  const source = head(reader);
  const body = reader.rules.braces(reader, "`{` and the next value");
  return {
    kind: "fold",
    name: label,
    start,
    binder: bound,
    source,
    body,
    span: since(reader, token.start),
  };
}
