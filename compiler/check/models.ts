import type { FunctionItem, Member, ModelItem } from "../../grammar/tree.ts";
import { duplicateName } from "../../program/diagnostics/catalogue/names.ts";
import type { Checker, ModelInfo } from "./checker.ts";
import { type Dimensions, dimensions, localDimension, sizedDimension } from "./dimensions.ts";
import { fileScope, inner, type Scope } from "./scope.ts";
import {
  openNames,
  readSignature,
  reportLoneTypes,
  resolveParameters,
  type Signature,
} from "./signatures.ts";
import { addSizes, constantSize, symbolSize, UNKNOWN_SIZE } from "./sizes.ts";
import { substitute } from "./substitute.ts";
import { resolveType } from "./type-nodes.ts";
import { type ModelType, type Type, UNKNOWN } from "./types.ts";

/** The name under which a model's `fn (…)` is kept. */
export const CALLED = "()";

export interface CheckedModel extends ModelInfo {
  readonly functions: ReadonlyMap<FunctionItem, () => Signature>;
  readonly values: readonly Extract<Member, { kind: "member" | "declared" | "binding" }>[];
}

export function memberName(member: Member): string | undefined {
  switch (member.kind) {
    case "function":
      return member.name?.text ?? CALLED;
    case "member":
    case "declared":
    case "binding":
      return member.name.text;
    default:
      return undefined;
  }
}

/** Types a model's parameters at once and its members when they are asked for. */
export function readModel(
  checker: Checker,
  item: ModelItem,
  module: string,
  bodyResult: (item: FunctionItem, signature: Signature) => Type,
): CheckedModel {
  const scope = inner(fileScope(module));
  const open = openNames();
  const parameters = resolveParameters(checker, item.parameters ?? [], scope, open);
  const functions = new Map<FunctionItem, () => Signature>();
  const values: Extract<Member, { kind: "member" | "declared" | "binding" }>[] = [];
  const names: string[] = parameters.flatMap((parameter) => parameter.name ?? []);
  const places = new Map<string, Member>();
  let bodiless = false;
  let declared = false;

  for (const member of item.members) {
    const name = memberName(member);
    if (name === undefined) continue;
    const first = places.get(name);
    if (first !== undefined || (name !== CALLED && names.includes(name))) {
      const span = "name" in member && member.name !== undefined ? member.name.span : member.span;
      checker.report.add(duplicateName, module, span, {
        name: name === CALLED ? "fn" : name,
        what: "member",
      });
      continue;
    }
    places.set(name, member);
    names.push(name);
    if (member.kind === "function") {
      if (member.body === undefined) bodiless = true;
      const signature = memo(() => {
        const read: Signature = readSignature(checker, member, scope, () =>
          bodyResult(member, read),
        );
        return read;
      });
      functions.set(member, signature);
      scope.names.set(name, () => {
        checker.needs(member);
        return signature().type;
      });
      continue;
    }
    if (member.kind === "declared") {
      declared ||= member.value === undefined;
      values.push(member);
      scope.names.set(
        name,
        resolveType(member.type, { checker, scope, open, name: member.name.text }),
      );
    } else if (member.kind === "member" || member.kind === "binding") {
      values.push(member);
      scope.names.set(
        name,
        memo(
          () =>
            checker.within(member, () =>
              member.kind === "binding" && member.word === "dim"
                ? dimensionBinding(checker, member, scope, false)
                : checker.infer(member.value, scope),
            ),
          () => checker.needs(member),
        ),
      );
    }
  }
  reportLoneTypes(checker, open, scope);
  return {
    item,
    module,
    scope,
    parameters,
    variables: open.variables,
    isInterface: (bodiless || declared) && parameters.length === 0,
    names,
    functions,
    values,
  };
}

/** Computes once; what needs itself is silent here and found by the search for recursion. */
function memo<Value>(compute: () => Value, used?: () => void): () => Value {
  let state: "new" | "busy" | "done" = "new";
  let value: Value | undefined;
  return () => {
    used?.();
    if (state === "new") {
      state = "busy";
      value = compute();
      state = "done";
    }
    return (value ?? UNKNOWN) as Value;
  };
}

/** `dim half = size(over) / 2`, `dim stream = width + extra`: a new dimension of that size. */
export function dimensionBinding(
  checker: Checker,
  binding: {
    readonly name: { readonly text: string };
    readonly value: Parameters<Checker["infer"]>[0];
  },
  scope: Scope,
  inBody: boolean,
): Type {
  const { name, value } = binding;
  const type = inferDimension(checker, value, scope);
  const make = inBody ? localDimension : sizedDimension;
  if (type.kind === "dimension") {
    const sizes = type.dimensions.named.map((dimension) => dimension.size);
    const size =
      type.dimensions.rests.length > 0
        ? UNKNOWN_SIZE
        : sizes.reduce((sum, next) => addSizes(sum, next), constantSize(0));
    return { kind: "dimension", dimensions: dimensions([make(name.text, size)]), sum: false };
  }
  const size = type.kind === "tensor" && type.value !== undefined ? type.value : UNKNOWN_SIZE;
  return { kind: "dimension", dimensions: dimensions([make(name.text, size)]), sum: false };
}

/** The value of `dim`: a sum of dimensions, or a whole number. */
function inferDimension(
  checker: Checker,
  node: Parameters<Checker["infer"]>[0],
  scope: Scope,
): Type {
  if (node.kind === "binary" && node.operator === "+") {
    const { report } = checker;
    const left = report.quietly(() => inferDimension(checker, node.left, scope)).value;
    const right = report.quietly(() => inferDimension(checker, node.right, scope)).value;
    if (left.kind === "dimension" && right.kind === "dimension") {
      checker.infer(node.left, scope);
      checker.infer(node.right, scope);
      const sum: Dimensions = dimensions(
        [...left.dimensions.named, ...right.dimensions.named],
        [...left.dimensions.rests, ...right.dimensions.rests],
      );
      return { kind: "dimension", dimensions: sum, sum: true };
    }
  }
  return checker.infer(node, scope);
}

/** A model made from its own parameters: what `Name(…)` gives before a call binds them. */
export function ownModel(info: ModelInfo): ModelType {
  const bound = new Map<number, Dimensions>();
  const types = new Map<number, Type>();
  for (const { type, symbol, name } of info.parameters) {
    if (type.kind === "dimension") {
      for (const dimension of type.dimensions.named) {
        if (dimension.variable !== undefined)
          bound.set(dimension.variable, dimensions([dimension]));
      }
    } else if (symbol !== undefined) {
      bound.set(symbol, dimensions([sizedDimension(name ?? "", symbolSize(symbol))]));
    } else if (type.kind === "model" && type.variable !== undefined) {
      types.set(type.variable, type);
      for (const [, set] of type.bindings.dimensions) {
        for (const dimension of set.named) {
          if (dimension.variable !== undefined) {
            bound.set(dimension.variable, dimensions([dimension]));
          }
        }
      }
    }
  }
  return {
    kind: "model",
    declaration: info.item,
    module: info.module,
    bindings: { dimensions: bound, types },
    variable: undefined,
    concrete: false,
  };
}

/** The type of a member or a parameter of a model, with the model's own dimensions. */
export function memberOf(checker: Checker, type: ModelType, name: string): Type | undefined {
  const info = checker.modelInfo(type.declaration, type.module);
  const entry = info.scope.names.get(name);
  if (entry === undefined || !info.names.includes(name)) return undefined;
  const own = typeof entry === "function" ? entry() : entry;
  return substitute(own, type.bindings);
}
