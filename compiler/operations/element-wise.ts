import type { Row, Scalar, ScalarFunction, ShapeProblem } from "./row.ts";
import { commonNumber, entries, problem, tensor, unionAxes } from "./shape.ts";
import type { Element, TensorType } from "./tensor.ts";

/** What an element-wise row has of its own; the rest follows from its family. */
export interface ElementWiseRow {
  readonly name: string;
  readonly arity: number;
  readonly element: (inputs: readonly TensorType[]) => Element | ShapeProblem;
  readonly promote?: "real" | "common";
  readonly evaluate: (...operands: readonly number[]) => number;
  readonly derivative?: Row["derivative"];
  /** Given where it is not the call of the function of the row's name. */
  readonly scalar?: Scalar;
}

export function elementWise(row: ElementWiseRow): Row {
  return {
    name: row.name,
    family: "element-wise",
    arity: row.arity,
    shape: (inputs) => {
      const element = row.element(inputs);
      if (typeof element !== "string") return element;
      return tensor(unionAxes(...inputs.map((input) => input.axes)), element);
    },
    derivative: row.derivative,
    ...(row.promote === undefined ? {} : { promote: row.promote }),
    scalar: row.scalar ?? callOf(row.name as ScalarFunction, row.arity),
    evaluate: row.evaluate,
    flops: (_, result) => entries(result.axes),
  };
}

function callOf(name: ScalarFunction, arity: number): Scalar {
  const operands = Array.from(
    { length: arity },
    (_, index): Scalar => ({ kind: "operand", index }),
  );
  return { kind: "call", name, arguments: operands };
}

/** Real functions of numbers; an int is taken as a real. */
export function realOf(name: string): (inputs: readonly TensorType[]) => Element | ShapeProblem {
  return (inputs) => {
    const element = commonNumber(inputs, name);
    return typeof element === "string" ? "real" : element;
  };
}

/** Numbers in, the same kind of number out. */
export function numberOf(name: string): (inputs: readonly TensorType[]) => Element | ShapeProblem {
  return (inputs) => commonNumber(inputs, name);
}

/** Comparisons of numbers. */
export function orderOf(name: string): (inputs: readonly TensorType[]) => Element | ShapeProblem {
  return (inputs) => {
    const element = commonNumber(inputs, name);
    return typeof element === "string" ? "bool" : element;
  };
}

export function truthOf(name: string): (inputs: readonly TensorType[]) => Element | ShapeProblem {
  return (inputs) =>
    inputs.every((input) => input.element === "bool")
      ? "bool"
      : problem("element", `${name} takes truth values`);
}
