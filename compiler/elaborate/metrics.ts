import type { PlainValue } from "../../program/pipeline.ts";
import { plainValue } from "./plain.ts";
import type { RowCall } from "./rows.ts";
import type { Value } from "./value.ts";
import { placeOf, refuse, type World } from "./world.ts";

/** A metric: its data, its settings, and the tensor function that gives a number a token. */
export function callMetric(world: World, row: string, call: RowCall): Value {
  let data: Value | undefined;
  let measured: Value | undefined;
  const settings: Record<string, PlainValue> = {};
  for (const [name, value] of call.values) {
    if (value.kind === "unknown") return value;
    if (value.kind === "pipeline") data = value;
    else if (value.kind === "function" || value.kind === "lambda") measured = value;
    else {
      const plain = plainValue(value);
      if (plain === undefined) return refuse(world, call.site, `a setting \`${name}\``, value);
      settings[name] = plain;
    }
  }
  if (data?.kind !== "pipeline") return refuse(world, call.site, "data", data ?? { kind: "none" });
  if (measured === undefined) return refuse(world, call.site, "a function", { kind: "none" });
  const place = placeOf(call.site);
  return { kind: "metric", row, data: data.pipeline, settings, measured, place };
}
