import type {
  Expression,
  FunctionItem,
  LambdaNode,
  ModelItem,
  RecordItem,
} from "../../grammar/tree.ts";
import { type Dimensions, describeDimensions, isEmpty, NO_DIMENSIONS } from "./dimensions.ts";
import type { Scope } from "./scope.ts";
import type { Size } from "./sizes.ts";

export type Element = "real" | "int" | "bool";

/** A tensor, or a plain number where it has no dimensions. */
export interface TensorType {
  readonly kind: "tensor";
  readonly element: Element;
  readonly dimensions: Dimensions;
  /** Of `Real[from -> to]`; both are in `dimensions` as well. */
  readonly sides: { readonly from: Dimensions; readonly to: Dimensions } | undefined;
  /** What the number is, as far as sizes tell. */
  readonly value: Size | undefined;
  /** Computed from tensors: no branch of the recipe can depend on it. */
  readonly computed: boolean;
}

export interface FieldType {
  readonly type: Type;
  readonly required: boolean;
}

export interface RecordType {
  readonly kind: "record";
  readonly name: string | undefined;
  /** Where it is declared: two records of one declaration need no look at their fields. */
  readonly declaration: RecordItem | undefined;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Names that the recipe gave by strings: `r[name]` and `r.name` give this. */
  readonly others: Type | undefined;
  /** Of rows lifted over further dimensions: `batch, time`. */
  readonly lifted: string | undefined;
}

export interface ParameterType {
  readonly name: string | undefined;
  readonly type: Type;
  readonly required: boolean;
  /** Of a whole number: the symbol that stands for it in sizes. */
  readonly symbol: number | undefined;
}

export interface FunctionType {
  readonly kind: "function";
  readonly name: string | undefined;
  readonly parameters: readonly ParameterType[];
  readonly result: Type;
  /** Identities that a call binds; everything else is fixed. */
  readonly variables: ReadonlySet<number>;
  /** The name that `type` gave it. */
  readonly alias: string | undefined;
  /** The row that implements it: `operation dot`. */
  readonly row: { readonly table: string; readonly row: string } | undefined;
  /** What a call runs: a function's body, or the making of a model. */
  readonly declaration: FunctionItem | ModelItem | undefined;
  readonly module: string | undefined;
}

/** A function without a signature: its body is checked where it is applied. */
export interface LambdaType {
  readonly kind: "lambda";
  readonly node: LambdaNode | Extract<Expression, { kind: "projection" }>;
  readonly scope: Scope;
}

/** A model value, or what an interface promises. */
export interface ModelType {
  readonly kind: "model";
  readonly declaration: ModelItem;
  readonly module: string;
  readonly bindings: Bindings;
  /** Set where a parameter has the type: a call binds it to the model it gives. */
  readonly variable: number | undefined;
  /** All sources are concrete: a checkpoint. */
  readonly concrete: boolean;
}

export type NamedType =
  | "Any"
  | "Text"
  | "Tokenizer"
  | "Model"
  | "Checkpoint"
  | "Delta"
  | "Loss"
  | "Metric"
  | "Objective"
  | "Initialiser"
  | "Folder"
  | "Reparameterisation"
  | "Share"
  | "Dim";

export type Type =
  /** Not known: silent wherever it goes. */
  | { readonly kind: "unknown" }
  | { readonly kind: "named"; readonly name: NamedType }
  | { readonly kind: "none" }
  | { readonly kind: "literal"; readonly value: string }
  | TensorType
  /** A number with one of these units. */
  | { readonly kind: "count"; readonly units: readonly string[] }
  /** A value of type Dim: one dimension, or a list of them. */
  | { readonly kind: "dimension"; readonly dimensions: Dimensions; readonly sum: boolean }
  | { readonly kind: "list"; readonly element: Type; readonly tuple: readonly Type[] | undefined }
  | RecordType
  | FunctionType
  | LambdaType
  | {
      readonly kind: "union";
      readonly members: readonly Type[];
      readonly decided: boolean;
      readonly alias?: string | undefined;
    }
  | { readonly kind: "data"; readonly row: Type }
  | ModelType
  /** `Row` of a signature: a type that the call binds. */
  | { readonly kind: "variable"; readonly name: string; readonly variable: number }
  /** The name of a record, called to make one. */
  | { readonly kind: "constructor"; readonly record: RecordType };

/** What the variables of a signature stand for. */
export interface Bindings {
  readonly dimensions: ReadonlyMap<number, Dimensions>;
  readonly types: ReadonlyMap<number, Type>;
}

export const UNKNOWN: Type = { kind: "unknown" };
export const NONE: Type = { kind: "none" };
export const ANY: Type = { kind: "named", name: "Any" };
export const TEXT: Type = { kind: "named", name: "Text" };
export const LOSS: Type = { kind: "named", name: "Loss" };
export const DELTA: Type = { kind: "named", name: "Delta" };
export const CHECKPOINT: Type = { kind: "named", name: "Checkpoint" };
export const SHARE: Type = { kind: "named", name: "Share" };

export function tensor(
  element: Element,
  dimensions: Dimensions = NO_DIMENSIONS,
  more: Partial<Pick<TensorType, "sides" | "value" | "computed">> = {},
): TensorType {
  return {
    kind: "tensor",
    element,
    dimensions,
    sides: more.sides,
    value: more.value,
    computed: more.computed ?? !isEmpty(dimensions),
  };
}

export const INT = tensor("int");
export const BOOL = tensor("bool");

export function named(name: NamedType): Type {
  return { kind: "named", name };
}

export function list(element: Type, tuple?: readonly Type[]): Type {
  return { kind: "list", element, tuple };
}

/** A type that stands for whatever: nothing is said about it. */
export function isSilent(type: Type): boolean {
  return type.kind === "unknown" || (type.kind === "named" && type.name === "Any");
}

export function isScalar(type: Type): type is TensorType {
  return type.kind === "tensor" && isEmpty(type.dimensions);
}

/** One type for either of two; `decided` where a recipe value decides which. */
export function either(a: Type, b: Type, decided = false): Type {
  if (a === b || describe(a) === describe(b)) return richer(a, b);
  if (isSilent(a) || isSilent(b)) return UNKNOWN;
  if (isScalar(a) && isScalar(b) && a.element !== "bool" && b.element !== "bool") {
    return tensor("real", NO_DIMENSIONS, { computed: a.computed || b.computed });
  }
  const members: Type[] = [];
  for (const type of [a, b]) {
    for (const member of type.kind === "union" ? type.members : [type]) {
      if (!members.some((other) => describe(other) === describe(member))) members.push(member);
    }
  }
  const before = [a, b].some((type) => type.kind === "union" && type.decided);
  return { kind: "union", members, decided: decided || before };
}

/** Of two types that read the same, the one that promises less about values. */
function richer(a: Type, b: Type): Type {
  if (a.kind !== "tensor" || b.kind !== "tensor") return a;
  return { ...a, value: undefined, computed: a.computed || b.computed };
}

export function withoutNone(type: Type): Type {
  if (type.kind !== "union") return type;
  const members = type.members.filter((member) => member.kind !== "none");
  const [only] = members;
  if (members.length === 1 && only !== undefined) return only;
  return members.length === type.members.length
    ? type
    : { kind: "union", members, decided: type.decided };
}

export function mayBeNone(type: Type): boolean {
  return (
    type.kind === "none" || (type.kind === "union" && type.members.some((m) => m.kind === "none"))
  );
}

const ELEMENTS: Record<Element, string> = { real: "Real", int: "Int", bool: "Bool" };

/** A type in the words of the language. */
export function describe(type: Type): string {
  switch (type.kind) {
    case "unknown":
      return "something";
    case "named":
      return type.name;
    case "none":
      return "none";
    case "literal":
      return JSON.stringify(type.value);
    case "tensor": {
      const element = ELEMENTS[type.element];
      if (isEmpty(type.dimensions)) return element;
      if (type.sides === undefined) return `${element}[${describeDimensions(type.dimensions)}]`;
      const { from, to } = type.sides;
      return `${element}[${side(from)} -> ${side(to)}]`;
    }
    case "count":
      return `Count[${type.units.join(", ")}]`;
    case "dimension":
      return type.dimensions.named.length + type.dimensions.rests.length === 1
        ? `dimension ${describeDimensions(type.dimensions)}`
        : `dimensions [${describeDimensions(type.dimensions)}]`;
    case "list":
      return `[${describe(type.element)}]`;
    case "record":
      return describeRecord(type);
    case "function": {
      if (type.alias !== undefined) return type.alias;
      if (type.declaration?.kind === "model") return `the model ${type.name ?? ""}, not called`;
      const parameters = type.parameters.map((parameter) => describe(parameter.type)).join(", ");
      return `(${parameters}) -> ${describe(type.result)}`;
    }
    case "lambda":
      return "a lambda";
    case "union":
      return type.alias ?? type.members.map(describe).join(" | ");
    case "data":
      return isSilent(type.row) ? "Data" : `Data[${describe(type.row)}]`;
    case "model":
      return type.concrete
        ? `Checkpoint[${type.declaration.name.text}]`
        : type.declaration.name.text;
    case "variable":
      return type.name;
    case "constructor":
      return `the record ${type.record.name ?? ""}`;
  }
}

function side(dimensions: Dimensions): string {
  const { named, rests } = dimensions;
  const text = describeDimensions(dimensions);
  return named.length + rests.length === 1 ? text : `(${text})`;
}

function describeRecord(type: RecordType): string {
  if (type.name !== undefined)
    return type.lifted === undefined ? type.name : `${type.name}[${type.lifted}]`;
  const fields = [...type.fields].map(([name, field]) => `${name}: ${describe(field.type)}`);
  if (type.others !== undefined) fields.push("…");
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
