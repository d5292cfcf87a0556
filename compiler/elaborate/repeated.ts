import type { Node } from "../operations/tensor.ts";
import type { Call } from "./bind-parameters.ts";
import { parametersMade } from "./models.ts";
import { nodeOf } from "./tensors.ts";
import { type RepeatedValue, record, tensor, UNKNOWN, type Value } from "./value.ts";
import { refuse, type Site, sizedAxis, type World } from "./world.ts";

/** `depth * Block(…)`. */
export function repeatModule(world: World, site: Site, count: number, module: Value): Value {
  if (module.kind !== "instance") return refuse(world, site, "a module to repeat", module);
  const axis = sizedAxis(world, site, "layer", count);
  return axis === undefined ? UNKNOWN : { kind: "repeated", axis, template: module };
}

/**
 * Calls stacked modules one after another, each with the result of the one before as its first
 * argument: one region of the graph, whose body is traced once.
 */
export function callRepeated(world: World, callee: RepeatedValue, call: Call): Value {
  const { axis, template } = callee;
  const reader = world.parameters;
  if (reader === undefined) return refuse(world, call.site, "a value of the recipe", callee);
  const called = template.scope.names.get("");
  const name = called?.kind === "function" ? called.item.parameters[0]?.name.text : undefined;
  const start = name === undefined ? undefined : call.values.get(name);
  if (name === undefined || start === undefined) {
    return refuse(world, call.site, "a module that is called with an argument", callee);
  }
  const others = [...call.values].filter(([other]) => other !== name);
  const starts = flatten(world, call.site, start);
  if (starts === undefined) return UNKNOWN;
  const parameters = parametersMade(template, ...template.made);
  const stacked = parameters.map((parameter) => reader.read(parameter));
  let failed = false;
  const path = world.path;
  const own = world.instancePaths.get(template);
  if (own !== undefined) world.path = own;
  const result = world.builder.repeat(axis, false, starts.nodes, stacked, [], (carried, each) => {
    const before = new Map(reader.overlay);
    for (const [place, parameter] of parameters.entries()) {
      const node = each[place];
      if (node !== undefined) reader.overlay.set(parameter.id, node);
    }
    const first = starts.rebuild(carried);
    const named = new Map<string, Value>([[name, first], ...others]);
    const value = world.invoke(template, { positional: [], named }, call.site, call.outer);
    const next = flatten(world, call.site, value);
    reader.overlay.clear();
    for (const [id, node] of before) reader.overlay.set(id, node);
    if (next === undefined || next.nodes.length !== carried.length) {
      failed = true;
      return { carried, stacked: [] };
    }
    return { carried: next.nodes, stacked: [] };
  });
  world.path = path;
  return failed ? UNKNOWN : starts.rebuild(result.carried);
}

interface Flat {
  readonly nodes: readonly Node[];
  readonly rebuild: (nodes: readonly Node[]) => Value;
}

/** The tensors of a value in order, and how a value of the same form is made of others. */
export function flatten(world: World, site: Site, value: Value): Flat | undefined {
  if (value.kind !== "record") {
    const node = nodeOf(world, site, value);
    if (node === undefined) return undefined;
    return { nodes: [node], rebuild: ([only = node]) => tensor(only) };
  }
  const parts: { readonly name: string; readonly flat: Flat }[] = [];
  for (const [name, field] of value.fields) {
    const flat = flatten(world, site, field);
    if (flat === undefined) return undefined;
    parts.push({ name, flat });
  }
  return {
    nodes: parts.flatMap((part) => part.flat.nodes),
    rebuild: (nodes) => {
      let at = 0;
      return record(
        parts.map(({ name, flat }) => {
          const own = nodes.slice(at, at + flat.nodes.length);
          at += flat.nodes.length;
          return [name, flat.rebuild(own)] as const;
        }),
      );
    },
  };
}
