import type { Attributes, Axis, Element, Node, TensorType } from "./tensor.ts";

export type Family =
  | "leaf" // constant, table, input, argument, index, random
  | "element-wise"
  | "reduce" // sum, max, min, log_sum_exp, argmax, softmax
  | "contract"
  | "view" // rename, expand, shift, part, join, split, merge, item
  | "gather"
  | "scatter"
  | "order" // sort and top-k
  | "recurrence"
  | "region"; // repeat

/** Why a shape rule refused, as a structured fact; the checker gives it words. */
export interface ShapeProblem {
  readonly problem:
    | "not-contained" // arithmetic whose sides do not contain one another: axes of both
    | "missing-axis" // an axis named by an attribute is not in the operand
    | "duplicate-axis" // the result would have one axis twice
    | "size-mismatch"
    | "element" // real expected, int or bool found
    | "attribute";
  readonly axes: readonly Axis[];
  readonly detail: string;
}

/** What derivative rules and decompositions build with. Every method interns. */
export interface Builder {
  constant(value: number, element?: Element): Node;
  /** Applies a row by name; the shape rule must accept. */
  apply(operation: string, inputs: readonly Node[], attributes?: Attributes): Node;
  axis(name: string, size: number, copyOf?: Axis): Axis;
}

/** A scalar expression that targets print in their own language; `x0`, `x1`… are the operands. */
export type Scalar =
  | { readonly kind: "operand"; readonly index: number }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "call"; readonly name: ScalarFunction; readonly arguments: readonly Scalar[] };

/** The functions that every target must have; the accurate ones each target writes in its own way. */
export type ScalarFunction =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "negate"
  | "minimum"
  | "maximum"
  | "power"
  | "modulo"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sqrt"
  | "sin"
  | "cos"
  | "tanh"
  | "abs"
  | "sign"
  | "floor"
  | "erf"
  | "log_sigmoid"
  | "sigmoid"
  | "equal"
  | "less"
  | "less_equal"
  | "and"
  | "or"
  | "not"
  | "select"
  | "to_real"
  | "to_int";

/** One row of the table: everything that the compiler knows about an operation. */
export interface Row {
  readonly name: string;
  readonly family: Family;
  /** How many inputs; `undefined` for rows that take any number. */
  readonly arity: number | undefined;
  /** Depends on identities of axes only, so that the checker may call it with symbolic sizes. */
  readonly shape: (
    inputs: readonly TensorType[],
    attributes: Attributes,
  ) => TensorType | ShapeProblem;
  /**
   * Gradients of the inputs given the gradient of the result (which has the result's axes);
   * `undefined` where none flows. A result may have more axes than its input: the caller sums them.
   */
  readonly derivative:
    | ((node: Node, gradient: Node, build: Builder) => readonly (Node | undefined)[])
    | undefined;
  /**
   * Which inputs the builder converts before it makes a node (the shape rule accepts them as they are):
   * `real`: every int becomes real; `common`: ints become real beside a real (a bool first input of
   * three, a condition, is left alone); `number`: bools become int.
   */
  readonly promote?: "real" | "common" | "number";
  /** Element-wise rows: the operation on scalars. */
  readonly scalar?: Scalar;
  /** Element-wise rows: f64 evaluation of one entry. Booleans are 0 and 1. */
  readonly evaluate?: (...operands: readonly number[]) => number;
  /** Floating-point operations, counted as papers do (a product of an m×k and a k×n matrix: 2mkn). */
  readonly flops: (
    inputs: readonly TensorType[],
    result: TensorType,
    attributes: Attributes,
  ) => number;
}

export function isShapeProblem(value: TensorType | ShapeProblem): value is ShapeProblem {
  return "problem" in value;
}
