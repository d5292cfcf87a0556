import type {
  Expression,
  FunctionItem,
  LambdaNode,
  LayoutMember,
  ModelItem,
  RecordItem,
} from "../../grammar/tree.ts";
import type { Place } from "../../program/diagnostics/diagnostic.ts";
import type { Pipeline, PlainValue, TokenizerPlan } from "../../program/pipeline.ts";
import type { Axis, Node } from "../operations/tensor.ts";
import type { Scope } from "./scope.ts";
import type { Stage } from "./stage.ts";

/** What recipe code is evaluated to. Tensor code leaves nodes of the graph in `tensor` values. */
export type Value =
  | NumberValue
  | TextValue
  | BooleanValue
  | { readonly kind: "none" }
  | ListValue
  | RecordValue
  | TensorValue
  | DimensionValue
  | FunctionValue
  | LambdaValue
  | { readonly kind: "record-type"; readonly item: RecordItem; readonly scope: Scope }
  | { readonly kind: "architecture"; readonly item: ModelItem; readonly scope: Scope }
  | InstanceValue
  | RepeatedValue
  | EntryValue
  | ParameterValue
  | InitialiserValue
  | PipelineValue
  | TokenizerValue
  | MetricValue
  | LossValue
  | StageValue
  | ContractValue
  | ResultValue
  | PromiseValue
  /** Something was wrong and has been reported; whatever touches it is unknown as well. */
  | { readonly kind: "unknown" };

export interface NumberValue {
  readonly kind: "number";
  readonly value: number;
  /** `steps`, `epochs`, `tokens`, `sequences`, `bytes`, `share`, …; `share` values are 0 to 1. */
  readonly unit: string | undefined;
  /** Whether it counts as `Int`: written or computed without fractions. */
  readonly whole: boolean;
}

export interface TextValue {
  readonly kind: "text";
  readonly value: string;
  /** Module that wrote it: paths are relative to that file. */
  readonly file: string;
}

export interface BooleanValue {
  readonly kind: "boolean";
  readonly value: boolean;
}

export interface ListValue {
  readonly kind: "list";
  readonly items: readonly Value[];
}

export interface RecordValue {
  readonly kind: "record";
  readonly fields: ReadonlyMap<string, Value>;
}

/** Sides of a parameter declared `param[from -> to]`. */
export interface Sides {
  readonly from: readonly Axis[];
  readonly to: readonly Axis[];
}

export interface TensorValue {
  readonly kind: "tensor";
  readonly node: Node;
  /** Set for parameters that were declared with two sides. */
  readonly sides: Sides | undefined;
}

/** One dimension, or a list of them that is contracted or produced together. */
export interface DimensionValue {
  readonly kind: "dimension";
  readonly axes: readonly Axis[];
}

export interface FunctionValue {
  readonly kind: "function";
  readonly item: FunctionItem;
  /** Where its free names are looked up. */
  readonly scope: Scope;
  /** Arguments given by partial application. */
  readonly bound: ReadonlyMap<string, Value>;
  /** The instance whose method it is, when it is called from outside of that instance. */
  readonly receiver: InstanceValue | undefined;
}

export interface LambdaValue {
  readonly kind: "lambda";
  readonly node: LambdaNode | ProjectionNode;
  readonly scope: Scope;
}

export type ProjectionNode = Extract<Expression, { kind: "projection" }>;

/** A model with its dimensions, members and parameters. */
export interface InstanceValue {
  readonly kind: "instance";
  readonly item: ModelItem;
  /** Holds the model's parameters, members and functions. */
  readonly scope: Scope;
  /** In the order of their declaration. */
  readonly members: ReadonlyMap<string, Value>;
  /** Dimension parameters that were given one dimension twice: the fresh one → what was given. */
  readonly aliases: ReadonlyMap<Axis, Axis>;
  /** Ids of the parameters made while this instance was made: from (inclusive) to (exclusive). */
  readonly made: readonly [number, number];
  readonly layouts: readonly LayoutMember[];
}

/** `depth * Block(…)`: copies of one module, each with its own parameters, stacked along `axis`. */
export interface RepeatedValue {
  readonly kind: "repeated";
  readonly axis: Axis;
  readonly template: InstanceValue;
}

/** `blocks[3]`, or a member reached through it. */
export interface EntryValue {
  readonly kind: "entry";
  readonly repeated: RepeatedValue;
  readonly at: number;
  readonly value: Value;
}

export interface ParameterValue {
  readonly kind: "parameter";
  readonly id: number;
  /** In the order of the declaration, which is the order in memory. */
  readonly axes: readonly Axis[];
  readonly sides: Sides | undefined;
  readonly initialiser: InitialiserValue | FunctionValue | LambdaValue;
  readonly place: Place;
}

export interface InitialiserValue {
  readonly kind: "initialiser";
  readonly row: string;
  readonly settings: ReadonlyMap<string, number>;
}

export interface PipelineValue {
  readonly kind: "pipeline";
  readonly pipeline: Pipeline;
}

export interface TokenizerValue {
  readonly kind: "tokenizer";
  readonly plan: TokenizerPlan;
}

export interface MetricValue {
  readonly kind: "metric";
  readonly row: string;
  readonly data: Pipeline;
  readonly settings: Readonly<Record<string, PlainValue>>;
  /** The tensor function that gives a value a token. */
  readonly measured: Value;
  readonly place: Place;
}

/** `coefficient · Σ total / Σ count` over everything that belongs to the optimizer step. */
export interface LossTerm {
  readonly coefficient: number;
  readonly total: Node;
  readonly count: Node;
  readonly place: Place;
}

export interface LossValue {
  readonly kind: "loss";
  readonly terms: readonly LossTerm[];
}

export interface StageValue {
  readonly kind: "stage";
  readonly stage: Stage;
}

/** `parameters(base)`: a number that is known later than the recipe is evaluated. */
export interface ContractValue {
  readonly kind: "contract";
  readonly row: string;
  readonly subject: Value;
  /** All arguments, the subject included. */
  readonly given: ReadonlyMap<string, Value>;
}

/** `model.both.logits`: a field of what a function will give. */
export interface ResultValue {
  readonly kind: "result";
  readonly callee: FunctionValue;
  readonly path: readonly string[];
}

/** `parameters(base) < 2M`. */
export interface PromiseValue {
  readonly kind: "promise";
  readonly contract: ContractValue;
  readonly operator: "<" | "<=" | ">" | ">=" | "==" | "!=";
  readonly limit: number;
}

export const UNKNOWN: Value = { kind: "unknown" };
export const NONE: Value = { kind: "none" };

export function number(value: number, unit?: string): NumberValue {
  return { kind: "number", value, unit, whole: Number.isInteger(value) && unit !== "share" };
}

export function text(value: string, file = ""): TextValue {
  return { kind: "text", value, file };
}

export function boolean(value: boolean): BooleanValue {
  return { kind: "boolean", value };
}

export function tensor(node: Node, sides?: Sides): TensorValue {
  return { kind: "tensor", node, sides };
}

export function record(fields: Iterable<readonly [string, Value]>): RecordValue {
  return { kind: "record", fields: new Map(fields) };
}

/** What a value is called in messages. */
export function describe(value: Value): string {
  switch (value.kind) {
    case "number":
      return value.unit === undefined
        ? `the number ${value.value}`
        : `${value.value} ${value.unit}`;
    case "text":
      return "a text";
    case "boolean":
      return value.value ? "true" : "false";
    case "tensor":
      return `a tensor over [${value.node.axes.map((axis) => axis.name).join(", ")}]`;
    case "dimension":
      return `the dimension ${value.axes.map((axis) => axis.name).join(", ")}`;
    case "instance":
      return `the model ${value.item.name.text}`;
    case "repeated":
      return "a repeated module";
    case "pipeline":
      return "data";
    case "list":
    case "record":
    case "function":
    case "lambda":
    case "parameter":
    case "initialiser":
    case "tokenizer":
    case "metric":
    case "loss":
    case "stage":
    case "contract":
    case "result":
    case "promise":
    case "entry":
    case "architecture":
    case "record-type":
      return `a ${value.kind}`;
    case "none":
      return "none";
    case "unknown":
      return "something unknown";
  }
}
