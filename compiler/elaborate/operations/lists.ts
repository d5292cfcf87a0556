import type { RowCall } from "../rows.ts";
import type { Value } from "../value.ts";
import { refuse, type World } from "../world.ts";
import { argument } from "./form.ts";

/** Two lists as one list of pairs; a repeated module is a list of its copies. */
export function zip(world: World, call: RowCall): Value {
  const a = entries(argument(call, "a"));
  const b = entries(argument(call, "b"));
  if (a === undefined || b === undefined) {
    return refuse(world, call.site, "two lists", argument(call, a === undefined ? "a" : "b"));
  }
  if (a.length !== b.length) {
    return refuse(world, call.site, `two lists of ${a.length} entries`, argument(call, "b"));
  }
  const items = a.map((item, place): Value => {
    return { kind: "list", items: [item, b[place] ?? { kind: "unknown" }] };
  });
  return { kind: "list", items };
}

/** The entries of what can be gone through. */
export function entries(value: Value): readonly Value[] | undefined {
  if (value.kind === "list") return value.items;
  if (value.kind !== "repeated") return undefined;
  return Array.from({ length: value.axis.size }, (_, at) => {
    return { kind: "entry", repeated: value, at, value: value.template } as const;
  });
}
