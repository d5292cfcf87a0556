import { weightReadsModel } from "../../../program/diagnostics/catalogue/budget.ts";
import { reachable } from "../../graph/index.ts";
import { parametersOf } from "../call.ts";
import { moduleScope } from "../scope.ts";
import { alternatives, namedType } from "../types.ts";
import type { InstanceValue, LossValue, Value } from "../value.ts";
import { refuse, report, type Site, type World } from "../world.ts";

/** Calls a function of a model and of data: each goes where the types say. */
export function callWithModel(
  world: World,
  site: Site,
  callee: Value,
  model: InstanceValue,
  data: Value,
): Value {
  const named = new Map<string, Value>();
  if (callee.kind === "function") {
    for (const parameter of parametersOf(callee) ?? []) {
      const name = parameter.name.text;
      const choices = alternatives(world.program, callee.scope.module, parameter.type);
      for (const { type, module } of choices) {
        if (type.kind !== "named-type") continue;
        const found = namedType(world.program, module, type);
        const isModel =
          found.kind === "model" || (found.kind === "built-in" && found.name === "Model");
        if (isModel && !hasValue(named, model)) named.set(name, model);
        if (found.kind === "record" && !hasValue(named, data)) named.set(name, data);
      }
    }
    return world.invoke(callee, { positional: [], named }, site, moduleScope(site.file));
  }
  return world.invoke(callee, { positional: [model, data], named }, site, moduleScope(site.file));
}

function hasValue(values: ReadonlyMap<string, Value>, wanted: Value): boolean {
  return [...values.values()].includes(wanted);
}

/** The loss of a model on data, with weights that depend on the data only. */
export function tracedLoss(
  world: World,
  site: Site,
  objective: Value,
  model: InstanceValue,
  data: Value,
): LossValue | undefined {
  const value = callWithModel(world, site, objective, model, data);
  if (value.kind !== "loss") {
    refuse(world, site, "an objective that gives a loss", value);
    return undefined;
  }
  for (const term of value.terms) {
    const reads = reachable([term.count]).some(
      (node) => node.operation === "input" && node.attributes["role"] === "state",
    );
    if (!reads) continue;
    const { file, range } = term.place;
    const span = range ?? site.span;
    report(world, weightReadsModel, { file, span }, { what: "weight" });
    return undefined;
  }
  return value;
}
