import { applyBinary } from "../operators.ts";
import type { RowCall } from "../rows.ts";
import type { NumberValue, Value } from "../value.ts";
import { refuse, type World } from "../world.ts";
import { argument, type OperationForm } from "./form.ts";

/** Numbers with units. */
export const quantityForms: Readonly<Record<string, OperationForm>> = {
  quantity: (world, call) => {
    const [value] = [...call.values.values()];
    if (value?.kind !== "number") {
      return refuse(world, call.site, "a number", value ?? { kind: "none" });
    }
    return { kind: "number", value: value.value, unit: call.item.name?.text, whole: value.whole };
  },
  in_steps: inSteps,
};

/** An extent as a number of steps of the stage that `now` belongs to. */
function inSteps(world: World, call: RowCall): Value {
  const extent = argument(call, "extent");
  const now = argument(call, "now");
  if (extent.kind !== "number") return refuse(world, call.site, "an extent", extent);
  if (now.kind !== "record") return refuse(world, call.site, "where a stage is", now);
  const amount: NumberValue = {
    kind: "number",
    value: extent.value,
    unit: undefined,
    whole: false,
  };
  const field = (name: string): Value => now.fields.get(name) ?? { kind: "unknown" };
  switch (extent.unit) {
    case "steps":
    case "rounds":
      return amount;
    case "epochs":
      return applyBinary(world, call.site, "*", amount, field("epoch"));
    case "tokens":
      return applyBinary(world, call.site, "/", amount, field("tokens"));
    case "share":
      return applyBinary(world, call.site, "*", amount, field("length"));
    default:
      return refuse(world, call.site, "steps, epochs, tokens or a share", extent);
  }
}
