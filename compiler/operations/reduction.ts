import { axesAttribute } from "./attributes.ts";
import type { Row, ShapeProblem } from "./row.ts";
import { entries, mustHave, problem, tensor, withoutAxes } from "./shape.ts";
import type { Attributes, Element, TensorType } from "./tensor.ts";

/** What a reduction `over` axes has of its own. */
export interface ReductionRow {
  readonly name: string;
  readonly promote: "real" | "number";
  readonly element?: Element;
  /** softmax keeps the axes that it normalises over. */
  readonly keepsAxes?: boolean;
  readonly flopsPerEntry: number;
  readonly derivative?: Row["derivative"];
}

export function reduction(row: ReductionRow): Row {
  return {
    name: row.name,
    family: "reduce",
    arity: 1,
    shape: (inputs, attributes) => reductionShape(row, inputs, attributes),
    derivative: row.derivative,
    promote: row.promote,
    flops: ([input]) => row.flopsPerEntry * entries(input?.axes ?? []),
  };
}

function reductionShape(
  row: ReductionRow,
  [input]: readonly TensorType[],
  attributes: Attributes,
): TensorType | ShapeProblem {
  const over = axesAttribute(attributes, "over");
  if (input === undefined) return problem("attribute", `${row.name} takes one operand`);
  const missing = mustHave(input, over, `${row.name} over an axis that the operand lacks`);
  if (missing !== undefined) return missing;
  if (row.promote === "real" && input.element === "bool") {
    return problem("element", `${row.name} takes numbers, not truth values`);
  }
  const number = input.element === "bool" ? "int" : input.element;
  const element = row.element ?? (row.promote === "real" ? "real" : number);
  return tensor(row.keepsAxes === true ? input.axes : withoutAxes(input.axes, over), element);
}
