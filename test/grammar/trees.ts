import fc from "fast-check";
import { HARD_WORDS } from "../../grammar/tokens.ts";
import type {
  Argument,
  BinaryOperator,
  BindingItem,
  BlockNode,
  DimensionNode,
  DimensionsNode,
  Expression,
  FieldNode,
  FunctionItem,
  Item,
  Member,
  Name,
  NumberNode,
  Parameter,
  RecordNode,
  RecordTypeNode,
  Setting,
  SourceFile,
  StringNode,
  TypeArgument,
  TypeNode,
} from "../../grammar/tree.ts";

/** Random trees of the whole language, with parentheses where reading them back needs some. */

const span = { start: 0, end: 0 } as const;
const HARD: ReadonlySet<string> = new Set(HARD_WORDS);
const doc = undefined;

function nameOf(text: string): Name {
  return { kind: "name", text, span };
}

const word = fc
  .stringMatching(/^[a-z][a-z0-9_]{0,9}$/)
  .filter(
    (text) =>
      !HARD.has(text) &&
      ![
        "with",
        "each",
        "fold",
        "param",
        "every",
        "where",
        "fn",
        "return",
        "elif",
        "elseif",
      ].includes(text),
  )
  .filter(
    (text) =>
      ![
        "let",
        "data",
        "stage",
        "dim",
        "use",
        "input",
        "type",
        "record",
        "model",
        "ensure",
        "layout",
        "config",
      ].includes(text),
  );
const small: fc.Arbitrary<Name> = word.map(nameOf);
const capital: fc.Arbitrary<Name> = fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,7}$/).map(nameOf);
/** After `.` and before `:` hard words are names. */
const anyWord: fc.Arbitrary<Name> = fc
  .oneof(
    { weight: 8, arbitrary: word },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...HARD_WORDS, "data", "stage", "let", "with", "every"),
    },
  )
  .map(nameOf);

const unit: fc.Arbitrary<Name> = fc
  .constantFrom("steps", "tokens", "GiB", "epochs", "sequences")
  .map(nameOf);

const POWERS: ReadonlyMap<string, number> = new Map([
  ["K", 3],
  ["M", 6],
  ["B", 9],
  ["T", 12],
]);

const number: fc.Arbitrary<NumberNode> = fc
  .record({
    digits: fc.oneof(
      fc.nat(99999).map(String),
      fc.constantFrom("0.5", "12.25", "3e-3", "1e6", "2.5E+2"),
    ),
    suffix: fc.constantFrom("", "", "", "%", "K", "M", "B", "T"),
    unit: fc.option(unit, { nil: undefined }),
  })
  .map(({ digits, suffix, unit: given }) => {
    const percent = suffix === "%";
    const exponent = /e/i.test(digits);
    const power = POWERS.get(suffix);
    const value =
      power === undefined
        ? Number(digits)
        : exponent
          ? Number(digits) * Number(`1e${power}`)
          : Number(`${digits}e${power}`);
    const integer = !percent && !exponent && !digits.includes(".");
    return { kind: "number", value, percent, text: digits + suffix, integer, unit: given, span };
  });

const plainNumber = number.map((node): NumberNode => ({ ...node, unit: undefined }));

type Piece = StringNode["pieces"][number];
const textPiece: fc.Arbitrary<Piece> = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.constantFrom("\n", '"', "{a}", "\\boxed", "\t", "𐐀"),
  )
  .filter((text) => !/\p{Cs}/u.test(text))
  .map((text) => ({ kind: "text", text, span }));
const pathPiece: fc.Arbitrary<Piece> = fc
  .array(anyWord, { minLength: 1, maxLength: 3 })
  .map((path) => ({ kind: "path", path, span }));

const string: fc.Arbitrary<StringNode> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(fc.oneof(textPiece, pathPiece), { maxLength: 3 })
      .map((pieces): StringNode => {
        // Two texts side by side would be read as one.
        const apart = pieces.filter(
          (piece, at) => piece.kind === "path" || pieces[at - 1]?.kind !== "text",
        );
        return { kind: "string", raw: false, pieces: apart, span };
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("", "\\boxed{}", "one\n  two\n", 'a "quoted" word')
      .map((text): StringNode => {
        const pieces = text === "" ? [] : [{ kind: "text", text, span } as const];
        return { kind: "string", raw: true, pieces, span };
      }),
  },
);

const plainText = fc
  .stringMatching(/^[a-z "{}\\/.]{0,12}$/)
  .filter((text) => !/\{[a-z_]/.test(text));

// How tightly an expression binds, loosest first; the numbers are those of the parser.
const LOOSEST = 0;
const OPERAND = 12;
const PRIMARY = 13;
const OPERATORS: readonly {
  readonly operator: BinaryOperator;
  readonly power: number;
  readonly single: boolean;
}[] = [
  { operator: "~", power: 1, single: true },
  { operator: "|>", power: 2, single: false },
  { operator: "??", power: 3, single: false },
  { operator: "or", power: 4, single: false },
  { operator: "and", power: 5, single: false },
  { operator: "==", power: 7, single: true },
  { operator: "<=", power: 7, single: true },
  { operator: "..", power: 8, single: true },
  { operator: "+", power: 9, single: false },
  { operator: "-", power: 9, single: false },
  { operator: "*", power: 10, single: false },
  { operator: "/", power: 10, single: false },
];

function powerOf(node: Expression): number {
  switch (node.kind) {
    case "lambda":
      return LOOSEST;
    case "with":
      return LOOSEST;
    case "unary":
      return node.operator === "not" ? 6 : 11;
    case "binary":
      if (node.operator === "^") return OPERAND;
      return OPERATORS.find(({ operator }) => operator === node.operator)?.power ?? LOOSEST;
    case "projection":
      return LOOSEST;
    default:
      return PRIMARY;
  }
}

function grouped(node: Expression): Expression {
  return { kind: "group", value: node, span };
}

/** The node where it binds at least so tightly, otherwise in parentheses. */
function binding(node: Expression, least: number): Expression {
  return powerOf(node) >= least ? node : grouped(node);
}

/** In a head braces would be read as the body. */
function headed(node: Expression): Expression {
  return endsWithSettings(node) ? grouped(node) : node;
}

function endsWithSettings(node: Expression): boolean {
  const text = JSON.stringify(node);
  return (
    text.includes('"braces":true') ||
    text.includes('"kind":"with"') ||
    text.includes('"kind":"lambda"')
  );
}

/** After the bars of a function braces are its whole value. */
function lambdaBody(node: Expression): Expression {
  return node.kind !== "block" && node.kind !== "record" && beginsWithBrace(node)
    ? grouped(node)
    : node;
}

function beginsWithBrace(node: Expression): boolean {
  switch (node.kind) {
    case "block":
    case "record":
      return true;
    case "binary":
      return beginsWithBrace(node.left);
    case "call":
      return beginsWithBrace(node.callee);
    case "field":
    case "index":
      return beginsWithBrace(node.object);
    case "cast":
    case "with":
      return beginsWithBrace(node.value);
    default:
      return false;
  }
}

/** What a suffix may follow. */
function suffixed(node: Expression): Expression {
  if (node.kind === "number" || node.kind === "rest") return grouped(node);
  if (node.kind === "call" && node.braces) return grouped(node);
  // `a as B[c]` is a cast to `B[c]`.
  if (node.kind === "cast") return grouped(node);
  return binding(node, PRIMARY);
}

// An interface would have no index signature, which `letrec` asks for.
type Arbitraries = {
  readonly expression: Expression;
  readonly type: TypeNode;
  readonly settings: readonly Setting[];
  readonly block: BlockNode | RecordNode;
  readonly recordType: RecordTypeNode;
  readonly dimensions: DimensionsNode;
  readonly statements: readonly BindingItem[];
};

const { expression, type, settings, block, recordType } = fc.letrec<Arbitraries>((tie) => {
  const inner = tie("expression");
  const hole: fc.Arbitrary<{ kind: "hole"; span: typeof span }> = fc.constant({
    kind: "hole",
    span,
  });

  const argumentsOf = fc
    .record({
      plain: fc.array(inner, { maxLength: 3 }),
      named: fc.array(fc.record({ name: anyWord, value: inner }), { maxLength: 2 }),
    })
    .map(({ plain, named }): readonly Argument[] => [
      ...plain.map((value): Argument => ({ kind: "argument", name: undefined, value, span })),
      ...named.map(({ name, value }): Argument => ({ kind: "argument", name, value, span })),
    ]);

  const leaf: fc.Arbitrary<Expression> = fc.oneof(
    number,
    string,
    small.map((name): Expression => ({ kind: "reference", name: name.text, span })),
    capital.map((name): Expression => ({ kind: "reference", name: name.text, span })),
    fc.boolean().map((value): Expression => ({ kind: "boolean", value, span })),
    fc.constant<Expression>({ kind: "none", span }),
    hole,
    anyWord.map((name): Expression => ({ kind: "rest", name, span })),
  );

  const binary = fc
    .record({ left: inner, right: inner, row: fc.constantFrom(...OPERATORS) })
    .map(({ left, right, row }): Expression => {
      const least = row.single ? row.power + 1 : row.power;
      return {
        kind: "binary",
        operator: row.operator,
        operatorSpan: span,
        left: binding(left, least),
        right: binding(right, row.power + 1),
        span,
      };
    });
  const raised = fc.record({ left: inner, right: inner }).map(
    ({ left, right }): Expression => ({
      kind: "binary",
      operator: "^",
      operatorSpan: span,
      left: binding(left, PRIMARY),
      right: binding(right, 11),
      span,
    }),
  );
  const unary = fc.record({ value: inner, not: fc.boolean() }).map(
    ({ value, not }): Expression =>
      not
        ? {
            kind: "unary",
            operator: "not",
            value: binding(value, powerOf(value) === 6 ? 6 : 7),
            span,
          }
        : { kind: "unary", operator: "-", value: binding(value, 11), span },
  );
  const lambda = fc
    .record({
      names: fc.array(fc.record({ name: small, type: fc.option(capital, { nil: undefined }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      body: fc.oneof(inner, tie("block")),
    })
    .map(
      ({ names, body }): Expression => ({
        kind: "lambda",
        parameters: names.map(({ name, type: given }) => ({
          name,
          type: given && { kind: "named-type", path: [given], arguments: [], span },
          span,
        })),
        body: lambdaBody(body),
        span,
      }),
    );
  const call = fc
    .record({
      callee: inner,
      given: argumentsOf,
      settings: fc.option(tie("settings"), { nil: undefined }),
    })
    .map(
      ({ callee, given, settings: braces }): Expression => ({
        kind: "call",
        callee: suffixed(callee),
        arguments: given,
        settings: braces ?? [],
        braces: braces !== undefined,
        span,
      }),
    );
  const field = fc
    .record({ object: inner, name: anyWord })
    .map(
      ({ object, name }): Expression => ({ kind: "field", object: suffixed(object), name, span }),
    );
  const index = fc.record({ object: inner, indices: argumentsOf }).map(
    ({ object, indices }): Expression => ({
      kind: "index",
      object: suffixed(object),
      indices,
      span,
    }),
  );
  const cast = fc.record({ value: inner, name: capital }).map(
    ({ value, name }): Expression => ({
      kind: "cast",
      value: suffixed(value),
      type: { kind: "named-type", path: [name], arguments: [], span },
      span,
    }),
  );
  const withSettings = fc.record({ value: inner, settings: tie("settings") }).map(
    ({ value, settings: given }): Expression => ({
      kind: "with",
      value: powerOf(value) === LOOSEST ? grouped(value) : value,
      settings: given,
      span,
    }),
  );
  const conditional = fc
    .record({
      condition: inner,
      first: tie("block"),
      otherwise: fc.option(tie("block"), { nil: undefined }),
    })
    .map(
      ({ condition, first, otherwise }): Expression => ({
        kind: "if",
        condition: headed(condition),
        // biome-ignore lint/suspicious/noThenProperty: the tree's name for a branch
        then: first,
        otherwise,
        span,
      }),
    );
  const matching = fc
    .record({
      value: inner,
      arms: fc.array(
        fc.record({
          pattern: fc.oneof(
            plainText.map((value) => ({ kind: "string-pattern" as const, value, span })),
            fc.nat(99).map((value) => ({ kind: "number-pattern" as const, value, span })),
            fc.boolean().map((value) => ({ kind: "boolean-pattern" as const, value, span })),
            fc.constant({ kind: "name-pattern" as const, name: nameOf("_"), span }),
          ),
          value: inner,
          span: fc.constant(span),
        }),
        { maxLength: 3 },
      ),
    })
    .map(({ value, arms }): Expression => ({ kind: "match", value: headed(value), arms, span }));
  const binder = fc.array(small, { minLength: 1, maxLength: 2 }).chain((names) =>
    fc.boolean().map((tuple) => ({
      kind: "binder" as const,
      names: tuple ? names : names.slice(0, 1),
      tuple,
      span,
    })),
  );
  const loop = fc
    .record({
      binders: fc.array(binder, { minLength: 1, maxLength: 2 }),
      source: inner,
      body: tie("block"),
    })
    .map(
      ({ binders, source, body }): Expression => ({
        kind: "for",
        binders,
        source: headed(source),
        body,
        span,
      }),
    );
  const fold = fc
    .record({ name: small, start: inner, binder, source: inner, body: tie("block") })
    .map(
      ({ name, start, binder: bound, source, body }): Expression => ({
        kind: "fold",
        name,
        start: headed(start),
        binder: bound,
        source: headed(source),
        body,
        span,
      }),
    );
  const each = fc.record({ dimension: word, body: tie("block") }).map(
    ({ dimension, body }): Expression => ({
      kind: "each",
      dimension: { kind: "reference", name: dimension, span },
      body,
      span,
    }),
  );
  const projection = fc
    .array(anyWord, { minLength: 1, maxLength: 3 })
    .map((path): Expression => ({ kind: "projection", path, span }));
  const tuple = fc
    .array(inner, { minLength: 2, maxLength: 3 })
    .map((items): Expression => ({ kind: "tuple", items, span }));
  const list = fc
    .array(inner, { maxLength: 4 })
    .map((items): Expression => ({ kind: "list", items, span }));
  const declared = fc
    .array(tie("dimensions"), { minLength: 1, maxLength: 2 })
    .map((dimensions): Expression => ({ kind: "parameter-declaration", dimensions, span }));

  const dimension: fc.Arbitrary<DimensionNode> = fc.oneof(
    anyWord.map((name): DimensionNode => ({ kind: "rest", name, span })),
    word.map(
      (name): DimensionNode => ({
        kind: "dimension",
        value: { kind: "reference", name, span },
        span,
      }),
    ),
  );
  const side = fc.array(dimension, { minLength: 1, maxLength: 3 });

  const named: fc.Arbitrary<TypeNode> = fc
    .record({
      path: fc.array(capital, { minLength: 1, maxLength: 2 }),
      given: fc.array(
        fc.oneof<fc.Arbitrary<TypeArgument>[]>(
          tie("dimensions"),
          capital.map((name) => ({
            kind: "type-argument",
            type: { kind: "named-type", path: [name], arguments: [], span },
            span,
          })),
        ),
        { maxLength: 3 },
      ),
    })
    .map(({ path, given }) => ({ kind: "named-type", path, arguments: given, span }));
  const plainType: fc.Arbitrary<TypeNode> = fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    named,
    plainText.map((value): TypeNode => ({ kind: "literal-type", value, span })),
    tie("recordType"),
    tie("type").map((element): TypeNode => ({ kind: "list-type", element, span })),
    fc
      .record({ parameters: fc.array(tie("type"), { maxLength: 2 }), result: named })
      .map(
        ({ parameters, result }): TypeNode => ({ kind: "function-type", parameters, result, span }),
      ),
  );
  const optional = (node: TypeNode): TypeNode =>
    node.kind === "function-type" ? node : { kind: "optional-type", inner: node, span };

  return {
    expression: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      binary,
      binary,
      raised,
      unary,
      lambda,
      call,
      call,
      field,
      index,
      cast,
      withSettings,
      conditional,
      matching,
      loop,
      fold,
      each,
      projection,
      tuple,
      list,
      declared,
      tie("block"),
      inner.map(grouped),
    ),
    type: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      plainType,
      plainType.map(optional),
      fc
        .array(plainType, { minLength: 2, maxLength: 3 })
        .map((members): TypeNode => ({ kind: "union-type", members, span })),
    ),
    recordType: fc
      .array(
        fc.record({
          name: anyWord,
          type: tie("type"),
          where: fc.option(number, { nil: undefined }),
          value: fc.option(inner, { nil: undefined }),
        }),
        { maxLength: 3 },
      )
      .map((fields): RecordTypeNode => {
        const nodes = fields.map((node): FieldNode => ({ kind: "field", doc, ...node, span }));
        return { kind: "record-type", fields: nodes, span };
      }),
    dimensions: fc
      .record({ from: side, to: fc.option(side, { nil: undefined }) })
      .map(({ from, to }): DimensionsNode => ({ kind: "dimensions", from, to, span })),
    settings: fc.array(
      fc.oneof<fc.Arbitrary<Setting>[]>(
        fc
          .record({ name: anyWord, value: inner })
          .map(({ name, value }) => ({ kind: "setting", name, value, span })),
        fc
          .record({ key: fc.oneof(string, plainNumber), value: inner })
          .map(({ key, value }) => ({ kind: "keyed-setting", key, value, span })),
        fc
          .record({ interval: number, settings: tie("settings") })
          .map(({ interval, settings: given }) => ({
            kind: "every",
            interval,
            settings: given,
            span,
          })),
        tie("settings").map((given) => ({ kind: "config", settings: given, span })),
        hole,
      ),
      { maxLength: 3, depthIdentifier: "settings" },
    ),
    statements: fc.array(
      fc
        .record({ word: fc.constantFrom("let", "data", "stage", "dim"), name: small, value: inner })
        .map((node): BindingItem => ({ kind: "binding", doc, ...node, span })),
      { maxLength: 2 },
    ),
    block: fc.oneof(
      fc
        .record({ statements: tie("statements"), result: inner })
        .map(({ statements, result }): BlockNode => ({ kind: "block", statements, result, span })),
      fc
        .array(fc.record({ name: anyWord, value: inner }), { maxLength: 3 })
        .map((fields): RecordNode => {
          const nodes = fields.map((node) => ({ kind: "record-field" as const, ...node, span }));
          return { kind: "record", fields: nodes, span };
        }),
    ),
  };
});

const parameters: fc.Arbitrary<readonly Parameter[]> = fc.array(
  fc
    .record({ name: anyWord, type, value: fc.option(expression, { nil: undefined }) })
    .map((node): Parameter => ({ kind: "parameter", ...node, span })),
  { maxLength: 3 },
);

function functionOf(
  name: fc.Arbitrary<Name | undefined>,
  bodyless: boolean,
): fc.Arbitrary<FunctionItem> {
  const code = block.map((node) => ({ kind: "code" as const, expression: node, span }));
  const row = fc
    .record({ table: small, row: plainText })
    .map((node) => ({ kind: "row" as const, ...node, span }));
  const none = bodyless ? [fc.constant(undefined)] : [];
  return fc
    .record({
      name,
      parameters,
      result: fc.option(type, { nil: undefined }),
      body: fc.oneof(code, row, ...none),
    })
    .map((node): FunctionItem => ({ kind: "function", doc, ...node, span }));
}

const member: fc.Arbitrary<Member> = fc.oneof(
  functionOf(fc.option(small, { nil: undefined }), true),
  fc
    .record({ name: small, value: expression })
    .map((node): Member => ({ kind: "member", doc, ...node, span })),
  fc
    .record({ name: small, value: expression })
    .map((node): Member => ({ kind: "binding", doc, word: "dim", ...node, span })),
  fc
    .record({ name: anyWord, type, value: fc.option(expression, { nil: undefined }) })
    .map((node): Member => ({ kind: "declared", doc, ...node, span })),
  fc
    .record({ format: small, settings })
    .map((node): Member => ({ kind: "layout", doc, arguments: [], ...node, span })),
);

const item: fc.Arbitrary<Item> = fc.oneof(
  fc
    .record({
      path: fc.array(word, { minLength: 1, maxLength: 3 }),
      names: fc.array(fc.record({ name: small, as: fc.option(small, { nil: undefined }) }), {
        maxLength: 3,
      }),
    })
    .map(({ path, names }): Item => {
      return {
        kind: "use",
        doc,
        source: { kind: "library", text: path.join("/"), span },
        names,
        span,
      };
    }),
  fc
    .record({ name: small, type, value: fc.option(expression, { nil: undefined }) })
    .map((node): Item => ({ kind: "input", doc, ...node, span })),
  fc.record({ name: capital, type }).map((node): Item => ({ kind: "type", doc, ...node, span })),
  fc
    .record({ name: capital, type: recordType })
    .map((node): Item => ({ kind: "record", doc, ...node, span })),
  fc
    .record({
      name: capital,
      parameters: fc.option(parameters, { nil: undefined }),
      members: fc.array(member, { maxLength: 4 }),
    })
    .map((node): Item => ({ kind: "model", doc, ...node, span })),
  functionOf(small, false),
  fc
    .record({ word: fc.constantFrom("let", "data", "stage"), name: small, value: expression })
    .map((node): Item => ({ kind: "binding", doc, ...node, span })),
  expression.map((value): Item => ({ kind: "ensure", doc, value, span })),
  fc.constant<Item>({ kind: "hole", span }),
);

/** A file without text or comments. */
export const file: fc.Arbitrary<SourceFile> = fc
  .array(item, { maxLength: 5 })
  .map((items) => ({ kind: "file", path: "random.recipe", text: "", items, comments: [], span }));
