import type { InputItem, Item } from "../../grammar/tree.ts";
import { lookup } from "../check/modules.ts";
import { coerce } from "./coerce.ts";
import { inputValue } from "./inputs.ts";
import { moduleScope } from "./scope.ts";
import { UNKNOWN, type Value } from "./value.ts";
import type { World } from "./world.ts";

/** The value of a name that a file declares or uses, or that the prelude has; evaluated once. */
export function topLevel(world: World, module: string, name: string): Value | undefined {
  const found = lookup(world.program, module, name);
  if (found === undefined) return undefined;
  const declaredName =
    found.item.kind === "error" || found.item.kind === "hole" ? name : nameOf(found.item);
  const key = `${found.module}:${declaredName ?? name}`;
  const known = world.items.get(key);
  if (known !== undefined) return known;
  // A recipe that needs a name for its own value was refused; this ends the evaluation all the same.
  world.items.set(key, UNKNOWN);
  const { address, path } = world;
  world.address = [declaredName ?? name];
  world.path = "";
  const value = itemValue(world, found.module, found.item);
  world.address = address;
  world.path = path;
  world.items.set(key, value);
  return value;
}

function nameOf(item: Item): string | undefined {
  return "name" in item ? item.name?.text : undefined;
}

function itemValue(world: World, module: string, item: Item): Value {
  const scope = moduleScope(module);
  switch (item.kind) {
    case "binding":
      return world.evaluate(item.value, scope);
    case "input":
      return input(world, module, item);
    case "function":
      return { kind: "function", item, scope, bound: new Map(), receiver: undefined };
    case "model":
      return { kind: "architecture", item, scope };
    case "record":
      return { kind: "record-type", item, scope };
    default:
      return UNKNOWN;
  }
}

function input(world: World, module: string, item: InputItem): Value {
  const given = module === world.program.entry ? inputValue(world, item) : undefined;
  if (given !== undefined) return given;
  if (item.value === undefined) return UNKNOWN;
  const scope = moduleScope(module);
  const value = world.evaluate(item.value, scope);
  const site = { file: module, span: item.span };
  return coerce(world, site, item.name.text, item.type, module, value);
}
