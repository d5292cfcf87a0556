import type { Expression } from "../../grammar/tree.ts";
import { outOfRange } from "../../program/diagnostics/catalogue/budget.ts";
import { namedAxis } from "./dimensions.ts";
import { entries } from "./operations/lists.ts";
import type { Scope } from "./scope.ts";
import { nodeOf } from "./tensors.ts";
import { number, tensor, UNKNOWN, type Value } from "./value.ts";
import { applyRow, refuse, report, type Site, type World } from "./world.ts";

/** `value.name`. */
export function member(world: World, site: Site, value: Value, name: string): Value {
  switch (value.kind) {
    case "unknown":
      return value;
    case "record":
      return value.fields.get(name) ?? refuse(world, site, `a field \`${name}\``, value);
    case "instance": {
      const found = value.members.get(name) ?? value.scope.names.get(name);
      if (found === undefined) return refuse(world, site, `a member \`${name}\``, value);
      return found.kind === "function" ? { ...found, receiver: value } : found;
    }
    case "function":
      return { kind: "result", callee: value, path: [name] };
    case "result":
      return { ...value, path: [...value.path, name] };
    case "repeated":
      return refuse(world, site, `an index before \`.${name}\``, value);
    case "entry": {
      const inner = member(world, site, value.value, name);
      return holdsStack(inner) ? { ...value, value: inner } : inner;
    }
    case "tokenizer": {
      const setting = value.plan.settings[name];
      if (typeof setting === "number") return number(setting);
      return refuse(world, site, `a member \`${name}\``, value);
    }
    case "stage": {
      const { stage } = value;
      const trained = stage.kind === "train" ? stage : stage.from;
      return member(world, site, trained.model.instance, name);
    }
    default:
      return refuse(world, site, `a value with a member \`${name}\``, value);
  }
}

function holdsStack(value: Value): boolean {
  return value.kind === "instance" || value.kind === "parameter" || value.kind === "record";
}

type IndexNode = Extract<Expression, { kind: "index" }>;

/** `list[2]`, `record["name"]`, `table[vocab: ids]`. */
export function evaluateIndex(world: World, node: IndexNode, scope: Scope): Value {
  const site = { file: scope.module, span: node.span };
  const object = world.evaluate(node.object, scope);
  if (object.kind === "unknown") return object;
  if (node.indices.some((index) => index.name !== undefined)) {
    let result = nodeOf(world, site, object);
    for (const { name, value } of node.indices) {
      if (result === undefined || name === undefined) return UNKNOWN;
      const axis = namedAxis(scope, name.text, result.axes);
      if (axis === undefined) return refuse(world, site, `a dimension \`${name.text}\``, object);
      const ids = world.evaluate(value, scope);
      if (ids.kind === "number") {
        const { value: at } = ids;
        if (!Number.isInteger(at) || at < 0 || at >= axis.size) {
          return report(world, outOfRange, site, { index: at, length: axis.size });
        }
        result = applyRow(world, site, "take", [result], { axis, at });
        continue;
      }
      const chosen = nodeOf(world, site, ids);
      if (chosen === undefined) return UNKNOWN;
      result = applyRow(world, site, "gather", [result, chosen], { axis });
    }
    return result === undefined ? UNKNOWN : tensor(result);
  }
  const [only] = node.indices;
  if (only === undefined) return UNKNOWN;
  const index = world.evaluate(only.value, scope);
  if (object.kind === "record" && index.kind === "text") {
    return member(world, site, object, index.value);
  }
  const items = entries(object);
  if (items === undefined || index.kind !== "number") {
    return refuse(
      world,
      site,
      "a list and the number of an entry",
      items === undefined ? object : index,
    );
  }
  const item = items[index.value];
  if (item !== undefined) return item;
  return report(world, outOfRange, site, { index: index.value, length: items.length });
}
