import type { NamedTypeNode, Parameter, TypeNode } from "../../grammar/tree.ts";
import type { Program } from "../check/program.ts";
import type { Axis } from "../operations/tensor.ts";
import { asDimension, axesOf, dimension, matchDimensions } from "./dimensions.ts";
import { moduleScope, type Scope } from "./scope.ts";
import { tensorOf } from "./tensors.ts";
import { alternatives, type Choice, namedType } from "./types.ts";
import { record, tensor, type Value } from "./value.ts";
import { applyRow, type Site, type World } from "./world.ts";

/**
 * What a value becomes where a type is expected: records get the defaults of their declaration, sizes
 * become dimensions. Types were checked before; what fits nothing is left as it is.
 */
export function coerce(
  world: World,
  site: Site,
  name: string,
  type: TypeNode,
  module: string,
  value: Value,
): Value {
  switch (value.kind) {
    case "record": {
      const choices = alternatives(world.program, module, type);
      for (const choice of choices) {
        if (choice.type.kind === "record-type") {
          return withDefaults(world, site, choice.type.fields, choice.module, value.fields);
        }
        if (choice.type.kind !== "named-type") continue;
        const named = namedType(world.program, choice.module, choice.type);
        if (named.kind === "record") {
          return withDefaults(world, site, named.item.type.fields, named.module, value.fields);
        }
      }
      return value;
    }
    case "list": {
      const choices = alternatives(world.program, module, type);
      if (isDimension(world, choices)) return asDimension(world, site, name, value);
      const list = choices.find((choice) => choice.type.kind === "list-type");
      if (list?.type.kind !== "list-type") return value;
      const { element } = list.type;
      const items = value.items.map((item) =>
        coerce(world, site, name, element, list.module, item),
      );
      return { kind: "list", items };
    }
    case "number":
      return isDimensionType(world, module, type) ? asDimension(world, site, name, value) : value;
    case "parameter":
      return world.parameters !== undefined &&
        isTensor(world, alternatives(world.program, module, type))
        ? tensorOf(world, site, value)
        : value;
    default:
      return value;
  }
}

const DIMENSION: ReadonlySet<string> = new Set(["Dim"]);
const TENSOR: ReadonlySet<string> = new Set(["Real", "Int", "Bool"]);

function builtIn(world: World, choices: readonly Choice[], names: ReadonlySet<string>): boolean {
  for (const { type, module } of choices) {
    // The name says it unless a file declares a type of this name.
    if (type.kind !== "named-type" || !names.has(type.path[0]?.text ?? "")) continue;
    if (namedType(world.program, module, type).kind === "built-in") return true;
  }
  return false;
}

function isDimension(world: World, choices: readonly Choice[]): boolean {
  return builtIn(world, choices, DIMENSION);
}

function isTensor(world: World, choices: readonly Choice[]): boolean {
  return builtIn(world, choices, TENSOR);
}

// Asked twice of each parameter at each call.
const dimensional = new WeakMap<Program, Map<TypeNode, boolean>>();

export function isDimensionType(world: World, module: string, type: TypeNode): boolean {
  let known = dimensional.get(world.program);
  if (known === undefined) {
    known = new Map();
    dimensional.set(world.program, known);
  }
  let answer = known.get(type);
  if (answer === undefined) {
    answer = isDimension(world, alternatives(world.program, module, type));
    known.set(type, answer);
  }
  return answer;
}

/** The fields in the order of the declaration, those that were not given with their defaults. */
function withDefaults(
  world: World,
  site: Site,
  declared: Extract<TypeNode, { kind: "record-type" }>["fields"],
  module: string,
  given: ReadonlyMap<string, Value>,
): Value {
  const fields = new Map<string, Value>();
  for (const field of declared) {
    const name = field.name.text;
    const value = given.get(name);
    if (value !== undefined) {
      fields.set(name, coerce(world, site, name, field.type, module, value));
    } else if (field.value !== undefined) {
      fields.set(name, world.evaluate(field.value, moduleScope(module)));
    }
  }
  for (const [name, value] of given) if (!fields.has(name)) fields.set(name, value);
  return record(fields);
}

/** Binds the dimensions that a parameter's type names and gives the argument as the callee knows it. */
export function bindDimensions(
  world: World,
  site: Site,
  parameter: Parameter,
  value: Value,
  inner: Scope,
  outer: Scope,
  aliases: ReadonlyMap<Axis, Axis>,
): Value {
  const axes = axesInside(value);
  if (axes.length === 0) return value;
  const type = dimensionedType(parameter.type);
  for (const axis of axes) inner.activation.foreign.add(axis);
  if (type === undefined) return value;
  let result = value;
  const parts = type.arguments.flatMap((argument) =>
    argument.kind === "dimensions" ? [argument.from, argument.to ?? []] : [],
  );
  const match = matchDimensions(world, parts.flat(), axes, inner, outer, aliases);
  for (const [name, found] of match.bound) inner.names.set(name, dimension(found));
  for (const [from, to] of match.renamed) result = renameAxis(world, site, result, from, to);
  return result;
}

/** `Real[batch, time]` in a type, be it optional or one of several. */
function dimensionedType(type: TypeNode): NamedTypeNode | undefined {
  switch (type.kind) {
    case "named-type":
      return type.arguments.some((argument) => argument.kind === "dimensions") ? type : undefined;
    case "optional-type":
      return dimensionedType(type.inner);
    case "union-type":
      for (const member of type.members) {
        const found = dimensionedType(member);
        if (found !== undefined) return found;
      }
      return undefined;
    default:
      return undefined;
  }
}

/** All axes of the tensors in a value. */
export function axesInside(value: Value): readonly Axis[] {
  switch (value.kind) {
    case "tensor":
      return value.node.axes;
    case "record":
      return [...new Set([...value.fields.values()].flatMap((field) => [...axesInside(field)]))];
    case "dimension":
      return [];
    case "list":
      return axesOf(value) === undefined
        ? [...new Set(value.items.flatMap((item) => [...axesInside(item)]))]
        : [];
    default:
      return [];
  }
}

/** The value with an axis under another name, in every tensor that has it. */
export function renameAxis(world: World, site: Site, value: Value, from: Axis, to: Axis): Value {
  switch (value.kind) {
    case "tensor": {
      if (!value.node.axes.includes(from)) return value;
      const node = applyRow(world, site, "rename", [value.node], { from, to });
      return node === undefined ? { kind: "unknown" } : tensor(node);
    }
    case "record":
      return record(
        [...value.fields].map(
          ([name, field]) => [name, renameAxis(world, site, field, from, to)] as const,
        ),
      );
    case "list":
      return {
        kind: "list",
        items: value.items.map((item) => renameAxis(world, site, item, from, to)),
      };
    default:
      return value;
  }
}
