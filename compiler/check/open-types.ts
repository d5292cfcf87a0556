import type { ModelItem } from "../../grammar/tree.ts";
import type { Checker, RecordInfo } from "./checker.ts";
import {
  type Dimension,
  type Dimensions,
  describeDimensions,
  dimensions,
  freshVariable,
  isEmpty,
  rigidDimension,
  union,
} from "./dimensions.ts";
import { substitute } from "./substitute.ts";
import type { FieldType, RecordType, Type } from "./types.ts";

/**
 * A record of rows with further dimensions: `Tokens[batch, time]`, `Pair[batch]`. Names that the
 * record's fields have stand for themselves; all others are added to each tensor in it (lifting).
 * Dimensions of nested records are new ones: each field of Tokens has a `time` of its own.
 */
export function freshRecord(
  info: RecordInfo,
  given: readonly Dimensions[],
  open: Set<number> | undefined,
): RecordType {
  const bound = new Map<number, Dimensions>();
  const taken = new Set<number>();
  for (const [name, own] of info.dimensions) {
    const at = given.findIndex((set) => set.named.length === 1 && set.named[0]?.name === name);
    const value = given[at];
    if (value !== undefined) taken.add(at);
    if (own.variable !== undefined) {
      bound.set(own.variable, value ?? dimensions([fresh(name, open)]));
    }
  }
  for (const hidden of info.hidden) {
    if (hidden.variable !== undefined) {
      bound.set(hidden.variable, dimensions([fresh(hidden.name, open)]));
    }
  }
  const added = given
    .filter((_, at) => !taken.has(at))
    .reduce((set, next) => union(set, next), dimensions([]));
  const type = substitute(info.type, { dimensions: bound, types: new Map() });
  const shown = given.length === 0 ? undefined : given.map(describeDimensions).join(", ");
  return lift(type as RecordType, added, shown);
}

function fresh(name: string, open: Set<number> | undefined): Dimension {
  const dimension = rigidDimension(name);
  if (dimension.variable !== undefined) open?.add(dimension.variable);
  return dimension;
}

function lift(record: RecordType, added: Dimensions, lifted: string | undefined): RecordType {
  const fields = new Map<string, FieldType>();
  for (const [name, field] of record.fields) {
    fields.set(name, { ...field, type: liftType(field.type, added) });
  }
  return { ...record, fields, lifted: lifted ?? record.lifted };
}

function liftType(type: Type, added: Dimensions): Type {
  switch (type.kind) {
    case "tensor":
      return { ...type, dimensions: union(added, type.dimensions), computed: true };
    case "record":
      return lift(type, added, isEmpty(added) ? undefined : describeDimensions(added));
    default:
      return type;
  }
}

/** Every dimension that stands somewhere in a type. */
export function dimensionsIn(type: Type): readonly Dimension[] {
  switch (type.kind) {
    case "tensor":
    case "dimension":
      return type.dimensions.named;
    case "record":
      return [...type.fields.values()].flatMap((field) => dimensionsIn(field.type));
    case "list":
      return dimensionsIn(type.element);
    case "union":
      return type.members.flatMap(dimensionsIn);
    default:
      return [];
  }
}

/**
 * The type of a parameter that is a model: its dimensions, whole numbers and models are open, so that
 * a call binds them to those of the model it gives.
 */
export function freshInterface(
  checker: Checker,
  item: ModelItem,
  module: string,
  open: Set<number> | undefined,
): Type {
  const info = checker.modelInfo(item, module);
  const bound = new Map<number, Dimensions>();
  for (const name of info.names) {
    const type = info.scope.names.get(name);
    if (type === undefined || typeof type === "function" || type.kind !== "dimension") continue;
    const [own] = type.dimensions.named;
    if (own?.variable !== undefined) bound.set(own.variable, dimensions([fresh(own.name, open)]));
  }
  const variable = open === undefined ? undefined : freshVariable();
  if (variable !== undefined) open?.add(variable);
  return {
    kind: "model",
    declaration: item,
    module,
    bindings: { dimensions: bound, types: new Map() },
    variable,
    concrete: false,
  };
}
