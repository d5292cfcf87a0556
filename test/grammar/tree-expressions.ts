import fc from "fast-check";
import type {
  Argument,
  BindingItem,
  BlockNode,
  DimensionNode,
  DimensionsNode,
  Expression,
  FieldNode,
  RecordNode,
  RecordTypeNode,
  Setting,
  TypeArgument,
  TypeNode,
} from "../../grammar/tree.ts";
import {
  anyWord,
  binding,
  capital,
  doc,
  grouped,
  headed,
  LOOSEST,
  lambdaBody,
  nameOf,
  number,
  OPERATORS,
  PRIMARY,
  plainNumber,
  plainText,
  powerOf,
  small,
  span,
  string,
  suffixed,
  word,
} from "./tree-leaves.ts";

/** Random expressions, types and settings, with parentheses where reading them back needs some. */

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

export const { expression, type, settings, block, recordType } = fc.letrec<Arbitraries>((tie) => {
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
      ({ condition, first: then, otherwise }): Expression => ({
        kind: "if",
        condition: headed(condition),
        then,
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
