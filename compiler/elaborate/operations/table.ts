import { findRow } from "../../operations/table.ts";
import type { RowCall } from "../rows.ts";
import { nodesOf } from "../tensors.ts";
import { boolean, tensor, UNKNOWN, type Value } from "../value.ts";
import { applyRow, refuse, type World } from "../world.ts";
import { dimensionForms } from "./dimensions.ts";
import { fillForms } from "./fills.ts";
import type { OperationForm } from "./form.ts";
import { zip } from "./lists.ts";
import { lossTerm } from "./loss.ts";
import { quantityForms } from "./quantities.ts";
import { reductions } from "./reductions.ts";

/** Operations whose arguments are more than operands: dimensions, sizes, settings. */
const forms: Readonly<Record<string, OperationForm>> = {
  ...dimensionForms,
  ...reductions,
  ...fillForms,
  ...quantityForms,
  loss: lossTerm,
  zip,
};

/** Calls a function whose body is `operation "row"`. */
export function callOperation(world: World, row: string, call: RowCall): Value {
  for (const value of call.values.values()) if (value.kind === "unknown") return value;
  const form = Object.hasOwn(forms, row) ? forms[row] : undefined;
  return form === undefined
    ? elementWise(world, row, [...call.values.values()], call)
    : form(world, call);
}

/** The operation on each entry; on numbers alone it is done at once, in double precision. */
export function elementWise(
  world: World,
  name: string,
  operands: readonly Value[],
  call: RowCall,
): Value {
  const row = findRow(name);
  if (row === undefined)
    return refuse(world, call.site, `an operation \`${name}\``, { kind: "none" });
  const numbers = operands.flatMap((value) =>
    value.kind === "number" ? [value.value] : value.kind === "boolean" ? [value.value ? 1 : 0] : [],
  );
  if (numbers.length === operands.length && row.evaluate !== undefined) {
    const value = row.evaluate(...numbers);
    const predicate = row.shape(
      operands.map(() => ({ axes: [], element: "real" })),
      {},
    );
    if ("element" in predicate && predicate.element === "bool") return boolean(value !== 0);
    const whole =
      name === "to_int" ||
      (name !== "to_real" &&
        operands.every((operand) => operand.kind === "number" && operand.whole) &&
        Number.isInteger(value));
    return { kind: "number", value, unit: undefined, whole };
  }
  const nodes = nodesOf(world, call.site, operands);
  const node = nodes === undefined ? undefined : applyRow(world, call.site, name, nodes);
  return node === undefined ? UNKNOWN : tensor(node);
}
