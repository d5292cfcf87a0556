import type {
  Argument,
  Expression,
  Item,
  LambdaNode,
  ModelItem,
  RecordItem,
  Setting,
  Span,
  TypeNode,
} from "../../grammar/tree.ts";
import type { Place } from "../../program/diagnostics/diagnostic.ts";
import type { Facts, Want } from "../../program/facts.ts";
import type { Dimension } from "./dimensions.ts";
import type { Matching, Problem } from "./matching.ts";
import type { Program } from "./program.ts";
import type { Report } from "./report.ts";
import type { Scope } from "./scope.ts";
import type {
  FunctionType,
  LambdaType,
  ModelType,
  ParameterType,
  RecordType,
  Type,
} from "./types.ts";

/** A model's declaration, typed: its own dimensions stand for those of whoever makes one. */
export interface ModelInfo {
  readonly item: ModelItem;
  readonly module: string;
  /** Parameters and members; types of members are computed when first asked for. */
  readonly scope: Scope;
  readonly parameters: readonly ParameterType[];
  /** Identities of its dimensions, whole numbers and interface-typed parameters. */
  readonly variables: ReadonlySet<number>;
  readonly isInterface: boolean;
  /** Names of all parameters and members. */
  readonly names: readonly string[];
}

export interface RecordInfo {
  readonly type: RecordType;
  /** Dimensions that its fields name themselves: `time` of Tokens. */
  readonly dimensions: ReadonlyMap<string, Dimension>;
  /** Dimensions of nested records, which every use of the record has anew. */
  readonly hidden: readonly Dimension[];
}

export interface FileRead {
  /** As written, and resolved against the recipe. */
  readonly path: string;
  readonly resolved: string;
  readonly place: Place;
}

export interface CallShape {
  readonly node: Expression;
  readonly piped: Expression | undefined;
  readonly arguments: readonly Argument[];
  readonly settings: readonly Setting[];
  readonly braces: boolean;
}

/**
 * What the parts of the checker share. Typing is recursive through all of them, so each part is
 * given this instead of importing the others.
 */
export interface Checker {
  readonly program: Program;
  readonly facts: Facts;
  readonly report: Report;
  readonly types: Map<Expression | TypeNode, Type>;
  readonly want: (want: Want) => void;
  /** A data file that the recipe names. */
  readonly reads: (read: FileRead) => void;
  /** Values of inputs other than their defaults, by name. */
  readonly inputs: ReadonlyMap<string, string | number | boolean>;

  readonly infer: (node: Expression, scope: Scope, expected?: Type) => Type;
  /** Infers, and reports where the type is not the expected one. */
  readonly expect: (node: Expression, scope: Scope, expected: Type, what?: string) => Type;
  readonly match: (expected: Type, actual: Type, matching: Matching) => Problem | undefined;
  readonly reportProblem: (
    problem: Problem,
    scope: Scope,
    span: Span,
    context: { readonly expected: Type; readonly actual: Type; readonly what: string | undefined },
  ) => void;

  readonly call: (
    callee: Type,
    call: CallShape,
    scope: Scope,
    calleeSpan: Span,
    expected: Type | undefined,
  ) => Type;
  readonly applyLambda: (lambda: LambdaType, parameters: readonly Type[], expected?: Type) => Type;
  /** Applies whatever can be called to values of these types, without settings. */
  readonly applyTypes: (
    callee: Type,
    parameters: readonly Type[],
  ) => { readonly type: Type } | Problem;
  /** True from the second time on that a declaration names something which is not declared. */
  readonly seen: (item: Item, name: string) => boolean;
  readonly appliedLambdas: Set<LambdaNode>;

  readonly itemType: (module: string, item: Item) => Type;
  readonly modelInfo: (item: ModelItem, module: string) => ModelInfo;
  readonly recordInfo: (item: RecordItem, module: string) => RecordInfo;
  readonly member: (type: ModelType, name: string) => Type | undefined;
  readonly functionResult: (type: FunctionType) => Type;

  /** Where the declaration ends whose body is being typed. */
  readonly enclosingEnd: () => number;
  /** Says that what is being typed needs the declaration. */
  readonly needs: (declaration: object) => void;
  readonly within: <Value>(declaration: object, run: () => Value) => Value;
}
