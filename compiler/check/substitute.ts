import type { Dimensions } from "./dimensions.ts";
import { sizeOf, substituteDimensions } from "./dimensions.ts";
import { substituteSize } from "./sizes.ts";
import type { Bindings, FieldType, FunctionType, ModelType, RecordType, Type } from "./types.ts";

/** Replaces the variables of a signature by what a call bound them to. */
export function substitute(type: Type, bound: Bindings): Type {
  if (bound.dimensions.size === 0 && bound.types.size === 0) return type;
  switch (type.kind) {
    case "tensor": {
      const dimensions = substituteDimensions(type.dimensions, bound.dimensions);
      const value =
        type.value === undefined
          ? undefined
          : substituteSize(type.value, (symbol) => {
              const set = bound.dimensions.get(symbol);
              return set === undefined ? undefined : sizeOf(set);
            });
      if (dimensions === type.dimensions && value === type.value) return type;
      const sides =
        type.sides === undefined
          ? undefined
          : {
              from: substituteDimensions(type.sides.from, bound.dimensions),
              to: substituteDimensions(type.sides.to, bound.dimensions),
            };
      return { ...type, dimensions, sides, value };
    }
    case "dimension": {
      const dimensions = substituteDimensions(type.dimensions, bound.dimensions);
      return dimensions === type.dimensions ? type : { ...type, dimensions };
    }
    case "list":
      return {
        ...type,
        element: substitute(type.element, bound),
        tuple: type.tuple?.map((element) => substitute(element, bound)),
      };
    case "record":
      return substituteRecord(type, bound);
    case "constructor":
      return { ...type, record: substituteRecord(type.record, bound) };
    case "function":
      return substituteFunction(type, bound);
    case "union":
      return { ...type, members: type.members.map((member) => substitute(member, bound)) };
    case "data":
      return { ...type, row: substitute(type.row, bound) };
    case "model": {
      const value = type.variable === undefined ? undefined : bound.types.get(type.variable);
      return value ?? substituteModel(type, bound);
    }
    case "variable":
      return bound.types.get(type.variable) ?? type;
    default:
      return type;
  }
}

function substituteRecord(type: RecordType, bound: Bindings): RecordType {
  const fields = new Map<string, FieldType>();
  let changed = false;
  for (const [name, field] of type.fields) {
    const next = substitute(field.type, bound);
    if (next !== field.type) changed = true;
    fields.set(name, next === field.type ? field : { ...field, type: next });
  }
  return changed ? { ...type, fields } : type;
}

function substituteFunction(type: FunctionType, bound: Bindings): FunctionType {
  let result: Type | undefined;
  return {
    ...withoutResult(type),
    parameters: type.parameters.map((parameter) => ({
      ...parameter,
      type: substitute(parameter.type, bound),
    })),
    // A result that is inferred from a body stays unread until somebody asks.
    get result() {
      result ??= substitute(type.result, bound);
      return result;
    },
  };
}

function withoutResult(type: FunctionType): Omit<FunctionType, "result" | "parameters"> {
  const { kind, name, variables, alias, row, declaration, module } = type;
  return { kind, name, variables, alias, row, declaration, module };
}

function substituteModel(type: ModelType, bound: Bindings): ModelType {
  const dimensions = new Map<number, Dimensions>();
  for (const [variable, set] of type.bindings.dimensions) {
    dimensions.set(variable, substituteDimensions(set, bound.dimensions));
  }
  const types = new Map<number, Type>();
  for (const [variable, value] of type.bindings.types) {
    types.set(variable, substitute(value, bound));
  }
  return { ...type, bindings: { dimensions, types } };
}
