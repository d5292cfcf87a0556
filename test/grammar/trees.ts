import fc from "fast-check";
import type {
  FunctionItem,
  Item,
  Member,
  Name,
  Parameter,
  SourceFile,
} from "../../grammar/tree.ts";
import { block, expression, recordType, settings, type } from "./tree-expressions.ts";
import { anyWord, capital, doc, plainText, small, span, word } from "./tree-leaves.ts";

/** Random trees of the whole language. */

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
