import type { ShapeProblem } from "./row.ts";
import {
  entries,
  mustHave,
  mustNotHave,
  problem,
  sizesDiffer,
  sortedAxes,
  tensor,
  withoutAxes,
} from "./shape.ts";
import type { Axis, TensorType } from "./tensor.ts";

/** The same entries with the axes `into` in the place of `from`; both hold equally many. */
export function regrouped(
  name: string,
  input: TensorType | undefined,
  from: readonly Axis[],
  into: readonly Axis[],
): TensorType | ShapeProblem {
  if (input === undefined) return problem("attribute", `${name} takes one operand`);
  const rest = tensor(withoutAxes(input.axes, from), input.element);
  const wrong =
    mustHave(input, from, `${name} of an axis that the operand lacks`) ??
    mustNotHave(rest, into, `${name} to an axis that the operand has`);
  if (wrong !== undefined) return wrong;
  if (sizesDiffer(entries(from), entries(into))) {
    return problem("size-mismatch", `${name} to another number of entries`, [...from, ...into]);
  }
  return tensor(sortedAxes([...rest.axes, ...into]), input.element);
}
