import type { Binder, Expression, FoldNode, ForNode } from "../../grammar/tree.ts";
import { axesOf, requireAxes } from "./dimensions.ts";
import { entries } from "./operations/lists.ts";
import { blockScope, type Scope } from "./scope.ts";
import { number, record, text, UNKNOWN, type Value } from "./value.ts";
import { refuse, type Site, type World } from "./world.ts";

/** Runs over lists and ranges give a list, over texts or the fields of a record a record. */
export function evaluateFor(world: World, node: ForNode, scope: Scope): Value {
  const site = { file: scope.module, span: node.source.span };
  const source = world.evaluate(node.source, scope);
  if (source.kind === "unknown") return source;
  if (source.kind === "record") {
    return record(
      [...source.fields].map(([name, value]) => {
        const inner = blockScope(scope);
        const [first, second] = node.binders;
        if (second === undefined) bind(inner, first, value);
        else {
          bind(inner, first, text(name, scope.module));
          bind(inner, second, value);
        }
        return [name, at(world, `.${name}`, () => world.evaluate(node.body, inner))] as const;
      }),
    );
  }
  const items = entries(source);
  if (items === undefined) return refuse(world, site, "a list, a range or a record", source);
  const named = items.length > 0 && items.every((item) => item.kind === "text");
  const results: Value[] = [];
  for (const [place, item] of items.entries()) {
    if (world.exhausted) return UNKNOWN;
    const inner = blockScope(scope);
    const [first, second] = node.binders;
    if (second === undefined) bind(inner, first, item);
    else {
      bind(inner, first, number(place));
      bind(inner, second, item);
    }
    const label = item.kind === "text" ? `.${item.value}` : `[${place}]`;
    results.push(at(world, label, () => world.evaluate(node.body, inner)));
  }
  if (!named) return { kind: "list", items: results };
  return record(
    items.flatMap((item, place) =>
      item.kind === "text" ? [[item.value, results[place] ?? UNKNOWN] as const] : [],
    ),
  );
}

export function evaluateFold(world: World, node: FoldNode, scope: Scope): Value {
  const site: Site = { file: scope.module, span: node.source.span };
  const source = world.evaluate(node.source, scope);
  if (source.kind === "unknown") return source;
  const items = entries(source);
  if (items === undefined) return refuse(world, site, "a list or a range", source);
  let carried = world.evaluate(node.start, scope);
  for (const [place, item] of items.entries()) {
    if (world.exhausted) return UNKNOWN;
    const inner = blockScope(scope);
    inner.names.set(node.name.text, carried);
    bind(inner, node.binder, item);
    carried = at(world, `[${place}]`, () => world.evaluate(node.body, inner));
  }
  return carried;
}

/** `each experts { Module }`: parameters made inside have the dimension as well. */
export function evaluateEach(
  world: World,
  node: Extract<Expression, { kind: "each" }>,
  scope: Scope,
): Value {
  const site = { file: scope.module, span: node.dimension.span };
  const value = world.evaluate(node.dimension, scope);
  const axes = axesOf(value) ?? requireAxes(world, site, value);
  if (axes === undefined) return UNKNOWN;
  const before = world.leading;
  world.leading = [...before, ...axes];
  const module = world.evaluate(node.body, scope);
  world.leading = before;
  return module;
}

function bind(scope: Scope, binder: Binder | undefined, value: Value): void {
  if (binder === undefined) return;
  const [only] = binder.names;
  if (!binder.tuple) {
    if (only !== undefined) scope.names.set(only.text, value);
    return;
  }
  const items = value.kind === "list" ? value.items : [];
  for (const [place, name] of binder.names.entries()) {
    scope.names.set(name.text, items[place] ?? UNKNOWN);
  }
}

/** Stages made inside have the index in their address. */
function at(world: World, label: string, evaluate: () => Value): Value {
  const { address } = world;
  const last = address[address.length - 1];
  if (last !== undefined) world.address = [...address.slice(0, -1), `${last}${label}`];
  const value = evaluate();
  world.address = address;
  return value;
}
