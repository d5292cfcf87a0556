import type { Expression, Name } from "../../grammar/tree.ts";
import { lacksDimension } from "../../program/diagnostics/catalogue/dimensions.ts";
import {
  maybeNone,
  mismatch,
  noMember,
  notIndexed,
} from "../../program/diagnostics/catalogue/types.ts";
import type { Checker } from "./checker.ts";
import { hasUnreadMember } from "./damage.ts";
import {
  type Dimension,
  dimensions,
  hidesAnything,
  sameDimension,
  union,
  without,
} from "./dimensions.ts";
import { dimensionsIn } from "./open-types.ts";
import { local, type Scope } from "./scope.ts";
import { UNKNOWN_SIZE } from "./sizes.ts";
import { suggest } from "./suggest.ts";
import {
  describe,
  either,
  INT,
  isSilent,
  list,
  mayBeNone,
  named,
  type TensorType,
  type Type,
  UNKNOWN,
  withoutNone,
} from "./types.ts";

/** `object.name`: a field, a member of a model, what a tokenizer knows. */
export function memberAccess(checker: Checker, object: Type, name: Name, scope: Scope): Type {
  const missing = (names: Iterable<string>): Type => {
    const known = [...names].filter((one) => /^\w+$/.test(one));
    checker.report.add(noMember, scope.module, name.span, {
      of: object.kind === "record" && object.name === undefined ? "the record" : describe(object),
      name: name.text,
      suggestion: suggest(name.text, known),
    });
    return UNKNOWN;
  };
  switch (object.kind) {
    case "unknown":
    case "variable":
    case "lambda":
      return UNKNOWN;
    case "record": {
      const field = object.fields.get(name.text);
      if (field !== undefined) return field.type;
      if (object.others !== undefined) return object.others;
      // `tokens.time` is the dimension that the fields of the record have.
      const dimension = dimensionsIn(object).find((one) => one.name === name.text);
      if (dimension === undefined) return missing(object.fields.keys());
      return { kind: "dimension", dimensions: dimensions([dimension]), sum: false };
    }
    case "model": {
      const member = checker.member(object, name.text);
      if (member !== undefined) return member;
      if (name.text === "tokenizer") return named("Tokenizer");
      if (hasUnreadMember(object.declaration)) return UNKNOWN;
      // A model that a parameter stands for may have more than its interface says only outside.
      return missing(checker.modelInfo(object.declaration, object.module).names);
    }
    case "named":
      switch (object.name) {
        case "Any":
          return UNKNOWN;
        case "Checkpoint":
        case "Model":
          return name.text === "tokenizer" ? named("Tokenizer") : UNKNOWN;
        case "Tokenizer":
          return name.text === "size" ? { ...INT, value: UNKNOWN_SIZE } : missing(["size"]);
        default:
          return missing([]);
      }
    case "list": {
      // In paths the index of a list of models may be left out.
      if (object.element.kind !== "model") return isSilent(object.element) ? UNKNOWN : missing([]);
      return list(memberAccess(checker, object.element, name, scope));
    }
    case "function":
      // `calibrated.both.logits` speaks of what the function gives.
      return memberAccess(checker, object.result, name, scope);
    case "union": {
      const value = withoutNone(object);
      if (object.decided || value === object) {
        return value.kind === "union" ? UNKNOWN : memberAccess(checker, value, name, scope);
      }
      checker.report.add(maybeNone, scope.module, name.span, {
        found: describe(object),
        use: `\`.${name.text}\``,
      });
      return UNKNOWN;
    }
    default:
      return missing([]);
  }
}

/** `table[vocab: ids]`, `blocks[0]`, `edited[name]`. */
export function indexOf(
  checker: Checker,
  node: Extract<Expression, { kind: "index" }>,
  scope: Scope,
): Type {
  const object = checker.infer(node.object, scope);
  const value = mayBeNone(object) ? withoutNone(object) : object;
  if (value.kind === "tensor" && node.indices.every((index) => index.name !== undefined)) {
    return node.indices.reduce<Type>(
      (table, { name, value: ids }) =>
        table.kind === "tensor" && name !== undefined
          ? gather(checker, table, name, ids, scope)
          : table,
      value,
    );
  }
  const keys = node.indices.map((index) => checker.infer(index.value, scope));
  const [key] = keys;
  switch (value.kind) {
    case "list":
      if (key !== undefined) expectIndex(checker, key, node, scope);
      return value.element;
    case "record": {
      if (key?.kind === "literal") {
        const field = value.fields.get(key.value);
        if (field !== undefined) return field.type;
      }
      const types = [...value.fields.values()].map((field) => field.type);
      return (
        value.others ?? types.reduce((all, type) => either(all, type, true), types[0] ?? UNKNOWN)
      );
    }
    case "unknown":
    case "variable":
    case "model":
    case "union":
      return UNKNOWN;
    case "named":
      if (value.name === "Any" || value.name === "Delta" || value.name === "Checkpoint") {
        return UNKNOWN;
      }
      break;
  }
  checker.report.add(notIndexed, scope.module, node.object.span, { found: describe(value) });
  return UNKNOWN;
}

function expectIndex(
  checker: Checker,
  key: Type,
  node: Extract<Expression, { kind: "index" }>,
  scope: Scope,
): void {
  if (isSilent(key) || (key.kind === "tensor" && key.element === "int")) return;
  const [index] = node.indices;
  checker.report.add(mismatch, scope.module, index?.span ?? node.span, {
    what: "the index of a list",
    expected: "Int",
    found: describe(key),
    help: undefined,
  });
}

/** Which dimension of a tensor a name means: the one in scope, else its only one of that name. */
export function dimensionNamed(
  tensor: TensorType,
  name: string,
  scope: Scope,
): Dimension | undefined {
  const known = local(scope, name);
  if (known?.kind === "dimension") {
    const [only] = known.dimensions.named;
    const found =
      only === undefined
        ? undefined
        : tensor.dimensions.named.find((dimension) => sameDimension(dimension, only));
    if (found !== undefined) return found;
  }
  return tensor.dimensions.named.find((dimension) => dimension.name === name);
}

function gather(
  checker: Checker,
  table: TensorType,
  name: Name,
  ids: Expression,
  scope: Scope,
): Type {
  const type = checker.infer(ids, scope);
  const dimension = dimensionNamed(table, name.text, scope);
  if (dimension === undefined) {
    if (hidesAnything(table.dimensions)) return UNKNOWN;
    checker.report.add(lacksDimension, scope.module, name.span, {
      name: name.text,
      found: describe(table),
      operation: "[…]",
    });
    return UNKNOWN;
  }
  if (isSilent(type)) return UNKNOWN;
  if (type.kind !== "tensor" || type.element !== "int") {
    checker.report.add(mismatch, scope.module, ids.span, {
      what: `the entries of \`${name.text}\``,
      expected: "Int",
      found: describe(type),
      help: undefined,
    });
    return UNKNOWN;
  }
  return {
    ...table,
    sides: undefined,
    value: undefined,
    computed: true,
    dimensions: union(without(table.dimensions, dimensions([dimension])), type.dimensions),
  };
}
