import type { Expression, FunctionItem, LayoutMember } from "../../grammar/tree.ts";
import type { Axis } from "../operations/tensor.ts";
import { bindParameters, type Call } from "./bind-parameters.ts";
import { axesOf, declareDimension, requireAxes } from "./dimensions.ts";
import { callScope, type Scope } from "./scope.ts";
import {
  type FunctionValue,
  type ParameterValue,
  type Sides,
  UNKNOWN,
  type Value,
} from "./value.ts";
import { placeOf, refuse, type Site, type World } from "./world.ts";

type Architecture = Extract<Value, { kind: "architecture" }>;

/** Makes a model: its dimensions and settings, then its members in order. */
export function instantiate(world: World, callee: Architecture, call: Call): Value {
  const { item } = callee;
  const inner = callScope(callee.scope);
  const aliases = new Map<Axis, Axis>();
  const parameters = item.parameters ?? [];
  const bound = bindParameters(world, parameters, call.values, inner, call, aliases, true);
  if (bound === undefined || [...bound.values()].some((value) => value.kind === "unknown")) {
    return UNKNOWN;
  }
  const members = new Map<string, Value>();
  const layouts: LayoutMember[] = [];
  const first = world.nextParameter;
  for (const member of item.members) {
    if (member.kind === "function") inner.names.set(member.name?.text ?? "", method(member, inner));
  }
  for (const member of item.members) {
    switch (member.kind) {
      case "member": {
        const value = world.evaluate(member.value, inner);
        members.set(member.name.text, value);
        inner.names.set(member.name.text, value);
        break;
      }
      case "binding": {
        const name = member.name.text;
        const site = { file: inner.module, span: member.span };
        const value =
          member.word === "dim"
            ? declareDimension(world, site, name, member.value, inner)
            : world.evaluate(member.value, inner);
        inner.names.set(name, value);
        break;
      }
      case "declared":
        if (member.value !== undefined) {
          inner.names.set(member.name.text, world.evaluate(member.value, inner));
        }
        break;
      case "layout":
        layouts.push(member);
        break;
      case "function":
      case "hole":
      case "error":
        break;
    }
  }
  for (const [name, value] of bound) if (holdsParameters(value)) members.set(name, value);
  return {
    kind: "instance",
    item,
    scope: inner,
    members,
    aliases,
    made: [first, world.nextParameter],
    layouts,
  };
}

function method(item: FunctionItem, scope: Scope): FunctionValue {
  return { kind: "function", item, scope, bound: new Map(), receiver: undefined };
}

function holdsParameters(value: Value): boolean {
  return value.kind === "instance" || value.kind === "repeated" || value.kind === "stage";
}

type Declaration = Extract<Expression, { kind: "parameter-declaration" }>;

/** `param[from -> to] ~ initialiser`. */
export function declareParameter(
  world: World,
  site: Site,
  node: Declaration,
  initialiser: Value,
  scope: Scope,
): Value {
  if (!isInitialiser(initialiser)) return refuse(world, site, "an initialiser", initialiser);
  const from: Axis[] = [];
  const to: Axis[] = [];
  let sided = false;
  for (const dimensions of node.dimensions) {
    const before = dimensionAxes(world, site, dimensions.from, scope);
    if (before === undefined) return UNKNOWN;
    from.push(...before);
    if (dimensions.to === undefined) continue;
    sided = true;
    const after = dimensionAxes(world, site, dimensions.to, scope);
    if (after === undefined) return UNKNOWN;
    to.push(...after);
  }
  const sides: Sides | undefined = sided ? { from, to } : undefined;
  const id = world.nextParameter;
  world.nextParameter += 1;
  const axes = [...world.leading, ...from, ...to];
  return { kind: "parameter", id, axes, sides, initialiser, place: placeOf(site) };
}

function isInitialiser(value: Value): value is ParameterValue["initialiser"] {
  return value.kind === "initialiser" || value.kind === "function" || value.kind === "lambda";
}

function dimensionAxes(
  world: World,
  site: Site,
  nodes: Declaration["dimensions"][number]["from"],
  scope: Scope,
): readonly Axis[] | undefined {
  const axes: Axis[] = [];
  for (const node of nodes) {
    const value =
      node.kind === "rest"
        ? world.evaluate({ kind: "rest", name: node.name, span: node.span }, scope)
        : world.evaluate(node.value, scope);
    const found = axesOf(value) ?? requireAxes(world, site, value);
    if (found === undefined) return undefined;
    axes.push(...found);
  }
  return axes;
}

/** Parameters inside of a module with ids in a range, each once, in the order of their ids. */
export function parametersMade(
  root: Value,
  from: number,
  to: number,
): readonly Extract<Value, { kind: "parameter" }>[] {
  const found = new Map<number, Extract<Value, { kind: "parameter" }>>();
  const visit = (value: Value): void => {
    switch (value.kind) {
      case "parameter":
        if (value.id >= from && value.id < to) found.set(value.id, value);
        break;
      case "instance":
        for (const member of value.members.values()) visit(member);
        break;
      case "repeated":
        visit(value.template);
        break;
      case "record":
        for (const field of value.fields.values()) visit(field);
        break;
      case "list":
        for (const item of value.items) visit(item);
        break;
      default:
        break;
    }
  };
  visit(root);
  return [...found.values()].sort((a, b) => a.id - b.id);
}
