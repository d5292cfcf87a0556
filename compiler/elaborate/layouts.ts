import type { Expression, Setting, StringNode } from "../../grammar/tree.ts";
import { badLayout } from "../../program/diagnostics/catalogue/budget.ts";
import type { PlainValue } from "../../program/pipeline.ts";
import type { LayoutPlan, LayoutTensor } from "../../program/stage-plan.ts";
import { entries } from "../operations/shape.ts";
import type { Axis } from "../operations/tensor.ts";
import { axesOf } from "./dimensions.ts";
import { plainValue } from "./plain.ts";
import { find, type Scope } from "./scope.ts";
import type { PlacedParameter } from "./stage.ts";
import type { InstanceValue, ParameterValue, Value } from "./value.ts";
import { report, type World } from "./world.ts";

/** The model's layout with its numbers: the configuration, and every stored tensor. */
export function layoutPlan(
  world: World,
  instance: InstanceValue,
  parameters: readonly PlacedParameter[],
): LayoutPlan | undefined {
  const [layout] = instance.layouts;
  if (layout === undefined) return undefined;
  const { scope } = instance;
  const architecture = layout.arguments[0];
  const named = architecture && world.evaluate(architecture.value, scope);
  const config: Record<string, PlainValue> = {};
  const tensors: LayoutTensor[] = [];
  const written = new Set<ParameterValue>();
  for (const setting of layout.settings) {
    if (setting.kind === "config") evaluateConfig(world, setting.settings, scope, config);
    if (setting.kind !== "keyed-setting" || setting.key.kind !== "string") continue;
    const entry = { world, instance, parameters, key: setting.key };
    tensors.push(...storedTensors(entry, setting.value, written));
  }
  // An entry that was refused may have been meant for a parameter that is missing.
  const refused = world.diagnostics.some(({ code }) => code === badLayout.code);
  for (const { parameter, path } of refused ? [] : parameters) {
    if (written.has(parameter)) continue;
    const site = { file: scope.module, span: layout.span };
    report(world, badLayout, site, {
      name: path,
      problem: "expected a place in the layout for this parameter, found none",
    });
  }
  return {
    format: layout.format.text,
    architecture: named?.kind === "text" ? named.value : instance.item.name.text,
    config,
    tensors,
  };
}

function evaluateConfig(
  world: World,
  settings: readonly Setting[],
  scope: Scope,
  config: Record<string, PlainValue>,
): void {
  for (const setting of settings) {
    if (setting.kind !== "setting") continue;
    const value = plainValue(world.evaluate(setting.value, scope));
    if (value !== undefined) config[setting.name.text] = value;
  }
}

interface Entry {
  readonly world: World;
  readonly instance: InstanceValue;
  readonly parameters: readonly PlacedParameter[];
  readonly key: StringNode;
}

function storedTensors(
  entry: Entry,
  value: Expression,
  written: Set<ParameterValue>,
): readonly LayoutTensor[] {
  const { world, instance, key } = entry;
  const { scope } = instance;
  const chosen = chosenBranch(world, value, scope);
  if (chosen.kind === "none") return [];
  const site = { file: scope.module, span: chosen.span };
  const refuse = (problem: string): readonly LayoutTensor[] => {
    report(world, badLayout, site, { name: keyText(key, undefined), problem });
    return [];
  };
  if (chosen.kind !== "index")
    return refuse("expected a parameter with its dimensions, `path[a, b]`");
  const found = follow(world, chosen.object, scope, instance);
  if (found?.value.kind !== "parameter") return refuse("expected the path of a parameter");
  const parameter = found.value;
  const place = entry.parameters.find((other) => other.parameter === parameter);
  if (place === undefined) return refuse("expected a parameter of this model");
  const order: number[] = [];
  const shape: number[] = [];
  for (const index of chosen.indices) {
    const axes = axesOf(world.evaluate(index.value, scope));
    if (axes === undefined) return refuse("expected dimensions between the brackets");
    for (const axis of axes) {
      const position = positionOf(parameter.axes, axis, found.aliases, order);
      if (position === undefined) return refuse(`the parameter has no dimension \`${axis.name}\``);
      order.push(position);
    }
    shape.push(entries(axes));
  }
  if (order.length !== parameter.axes.length) {
    const missing = parameter.axes.filter((_, position) => !order.includes(position));
    return refuse(`the dimensions ${missing.map((axis) => axis.name).join(", ")} are missing`);
  }
  written.add(parameter);
  const stored = { state: place.state, order, shape };
  if (place.stack === undefined) {
    return [{ name: keyText(key, undefined), entry: undefined, ...stored }];
  }
  return Array.from({ length: place.stack.size }, (_, at) => {
    return { name: keyText(key, at), entry: at, ...stored };
  });
}

/** The branch of an `if` that the model's settings choose. */
function chosenBranch(world: World, value: Expression, scope: Scope): Expression {
  if (value.kind === "group") return chosenBranch(world, value.value, scope);
  if (value.kind === "block" && value.result !== undefined) {
    return chosenBranch(world, value.result, scope);
  }
  if (value.kind !== "if") return value;
  const condition = world.evaluate(value.condition, scope);
  if (condition.kind === "boolean" && condition.value) {
    return chosenBranch(world, value.then, scope);
  }
  return value.otherwise === undefined
    ? { kind: "none", span: value.span }
    : chosenBranch(world, value.otherwise, scope);
}

interface Followed {
  readonly value: Value;
  /** Fresh dimensions of the modules on the way → the ones they stand for. */
  readonly aliases: ReadonlyMap<Axis, Axis>;
}

/** Goes from the model to what a path in a layout names; an index on the way is any copy. */
function follow(
  world: World,
  path: Expression,
  scope: Scope,
  instance: InstanceValue,
): Followed | undefined {
  if (path.kind === "reference") {
    const value = find(scope, path.name);
    return value && { value, aliases: instance.aliases };
  }
  if (path.kind === "index") {
    const before = follow(world, path.object, scope, instance);
    if (before?.value.kind === "repeated") return { ...before, value: before.value.template };
    return undefined;
  }
  if (path.kind !== "field") return undefined;
  const before = follow(world, path.object, scope, instance);
  if (before === undefined) return undefined;
  const { value } = before;
  if (value.kind === "record") {
    const field = value.fields.get(path.name.text);
    return field && { ...before, value: field };
  }
  if (value.kind !== "instance") return undefined;
  const member = value.members.get(path.name.text);
  return member && { value: member, aliases: new Map([...before.aliases, ...value.aliases]) };
}

/** Which axis of the parameter a dimension of the layout is: itself, or one that stands for it. */
function positionOf(
  axes: readonly Axis[],
  wanted: Axis,
  aliases: ReadonlyMap<Axis, Axis>,
  taken: readonly number[],
): number | undefined {
  const free = [...axes.entries()].filter(([position]) => !taken.includes(position));
  const exact = free.find(([, axis]) => axis === wanted);
  if (exact !== undefined) return exact[0];
  const standing = free.find(([, axis]) => original(axis, aliases) === wanted);
  return standing?.[0];
}

function original(axis: Axis, aliases: ReadonlyMap<Axis, Axis>): Axis {
  const next = aliases.get(axis);
  return next === undefined ? axis : original(next, aliases);
}

function keyText(key: StringNode, entry: number | undefined): string {
  return key.pieces
    .map((piece) => {
      if (piece.kind === "text") return piece.text;
      const name = piece.path.map((part) => part.text).join(".");
      return entry === undefined ? `{${name}}` : `${entry}`;
    })
    .join("");
}
