import type { Extent } from "../../../program/stage-plan.ts";
import type { Value } from "../value.ts";

const extents: readonly Extent["unit"][] = ["steps", "epochs", "tokens", "rounds", "share"];

export function extentOf(value: Value): Extent | undefined {
  if (value.kind !== "number" || value.value <= 0) return undefined;
  const unit = extents.find((known) => known === value.unit);
  return unit && { unit, amount: value.value };
}
