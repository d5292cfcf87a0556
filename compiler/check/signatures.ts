import type { FunctionItem, ModelItem, Parameter } from "../../grammar/tree.ts";
import { duplicateName } from "../../program/diagnostics/catalogue/names.ts";
import type { Checker } from "./checker.ts";
import type { OpenNames } from "./dimension-nodes.ts";
import { freshVariable } from "./dimensions.ts";
import { inner, type Scope } from "./scope.ts";
import { symbolSize } from "./sizes.ts";
import { reportUnknownType, resolveType } from "./type-nodes.ts";
import { type FunctionType, isScalar, type ParameterType, type Type, UNKNOWN } from "./types.ts";

export interface Signature {
  readonly type: FunctionType;
  /** Parameters and the dimensions that their types name. */
  readonly scope: Scope;
  readonly result: Type | undefined;
}

export function openNames(): OpenNames {
  return { variables: new Set(), types: new Map(), result: false };
}

/** Dimensions first, then models, then all that may speak of them. */
function order(parameter: Parameter): number {
  const { type } = parameter;
  const name = type.kind === "named-type" ? type.path[0]?.text : undefined;
  if (name === "Dim" || type.kind === "union-type") return 0;
  return type.kind === "named-type" && type.arguments.length === 0 ? 1 : 2;
}

/** Reads the types of parameters and puts them into the scope; types of one name are one variable. */
export function resolveParameters(
  checker: Checker,
  parameters: readonly Parameter[],
  scope: Scope,
  open: OpenNames,
): readonly ParameterType[] {
  const types = new Map<Parameter, ParameterType>();
  const places = new Map<string, Parameter>();
  const sorted = [...parameters].sort((a, b) => order(a) - order(b));
  for (const parameter of sorted) {
    const { name, value } = parameter;
    let type = resolveType(parameter.type, { checker, scope, open, name: name.text });
    let symbol: number | undefined;
    if (isScalar(type) && type.element === "int") {
      symbol = freshVariable();
      open.variables.add(symbol);
      type = { ...type, value: symbolSize(symbol) };
    }
    types.set(parameter, { name: name.text, type, required: value === undefined, symbol });
    const first = places.get(name.text);
    if (first === undefined) {
      places.set(name.text, parameter);
      scope.names.set(name.text, type);
    } else {
      checker.report.add(
        duplicateName,
        scope.module,
        name.span,
        { name: name.text, what: "parameter" },
        {
          related: [
            {
              place: { file: scope.module, range: first.name.span },
              message: "declared here first",
            },
          ],
        },
      );
    }
  }
  return parameters.map(
    (parameter) =>
      types.get(parameter) ?? {
        name: parameter.name.text,
        type: UNKNOWN,
        required: false,
        symbol: undefined,
      },
  );
}

/** A capitalised name that nothing declares and that stands once is a misspelt type. */
export function reportLoneTypes(checker: Checker, open: OpenNames, scope: Scope): void {
  for (const { count, node } of open.types.values()) {
    if (count === 1) reportUnknownType(checker, scope, node);
  }
}

/**
 * The type of a function from its signature; `result` infers what has no declared result. Types of
 * parameters are rigid in the body and open in calls, being the same objects.
 */
export function readSignature(
  checker: Checker,
  item: FunctionItem,
  outer: Scope,
  inferResult: () => Type,
): Signature {
  const scope = inner(outer);
  const open = openNames();
  const parameters = resolveParameters(checker, item.parameters, scope, open);
  const row =
    item.body?.kind === "row" ? { table: item.body.table.text, row: item.body.row } : undefined;
  // The rows of the prelude say in their shape rule what the signature cannot.
  open.result = row === undefined;
  const result =
    item.result === undefined
      ? undefined
      : resolveType(item.result, { checker, scope, open, name: undefined });
  if (row === undefined) reportLoneTypes(checker, open, scope);
  let inferred: Type | undefined;
  const type: FunctionType = {
    kind: "function",
    name: item.name?.text,
    parameters,
    get result() {
      inferred ??= result ?? inferResult();
      return inferred;
    },
    variables: open.variables,
    alias: undefined,
    row,
    declaration: item,
    module: outer.module,
  };
  return { type, scope, result };
}

/** What a model's name stands for: a function from its parameters to the model. */
export function modelConstructor(
  item: ModelItem,
  module: string,
  parameters: readonly ParameterType[],
  variables: ReadonlySet<number>,
  result: Type,
): FunctionType {
  return {
    kind: "function",
    name: item.name.text,
    parameters,
    result,
    variables,
    alias: undefined,
    row: undefined,
    declaration: item,
    module,
  };
}
