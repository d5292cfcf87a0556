import { unionAxes } from "../../operations/shape.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import { moduleScope } from "../scope.ts";
import type { PlacedParameter, TrainStage } from "../stage.ts";
import { NONE, type RecordValue, record, tensor, text, type Value } from "../value.ts";
import { refuse, type World } from "../world.ts";

/** A tensor of an optimizer's state for one parameter. */
export interface OptimizerState {
  /** `optimizer:PATH:FIELD`. */
  readonly name: string;
  /** Memory order. */
  readonly axes: readonly Axis[];
  readonly start: Node;
}

/** What the optimizer starts with for a parameter: the tensors of the record that `start` gives. */
export function optimizerStates(
  world: World,
  stage: TrainStage,
  placed: PlacedParameter,
  value: Node,
): readonly OptimizerState[] | undefined {
  const start = stage.optimizer.fields.get("start") ?? NONE;
  const given = { positional: [tensor(value, placed.parameter.sides)], named: new Map() };
  const made = world.invoke(start, given, stage.site, moduleScope(stage.site.file));
  const states: OptimizerState[] = [];
  const collect = (field: Value, name: string): boolean => {
    if (field.kind === "record") {
      return [...field.fields].every(([inner, part]) =>
        collect(part, name === "" ? inner : `${name}.${inner}`),
      );
    }
    const node =
      field.kind === "number"
        ? world.builder.constant(field.value)
        : field.kind === "tensor"
          ? field.node
          : undefined;
    if (node === undefined) {
      refuse(world, stage.site, "tensors in the state of an optimizer", field);
      return false;
    }
    const known = placed.axes.filter((axis) => node.axes.includes(axis));
    const axes = [...known, ...node.axes.filter((axis) => !known.includes(axis))];
    states.push({ name: `optimizer:${placed.path}:${name}`, axes, start: node });
    return true;
  };
  return collect(made, "") ? states : undefined;
}

/** The next values of parameters and of the optimizer's states; undefined after a refusal. */
export function optimizerUpdate(
  world: World,
  stage: TrainStage,
  trained: readonly PlacedParameter[],
  values: readonly Node[],
  gradients: readonly Node[],
  now: RecordValue,
): readonly { readonly state: Node; readonly next: Node }[] | undefined {
  const step = stage.optimizer.fields.get("step") ?? NONE;
  const updates: { readonly state: Node; readonly next: Node }[] = [];
  for (const [place, placed] of trained.entries()) {
    const value = values[place];
    const gradient = gradients[place];
    if (value === undefined || gradient === undefined) return undefined;
    const states = optimizerStates(world, stage, placed, value);
    if (states === undefined) return undefined;
    const nodes = states.map(({ name, axes }) => world.builder.input(name, "state", axes, "real"));
    const prefix = `optimizer:${placed.path}:`;
    const state = nested(
      states.map(({ name }, at) => {
        return { path: name.slice(prefix.length).split("."), node: nodes[at] ?? value };
      }),
    );
    const positional = [
      tensor(value, placed.parameter.sides),
      tensor(world.builder.expanded(gradient, value.axes)),
      state,
      now,
      text(placed.path),
    ];
    const given = { positional, named: new Map<string, Value>() };
    const path = world.path;
    world.path = placed.path;
    const result = world.invoke(step, given, stage.site, moduleScope(stage.site.file));
    world.path = path;
    const next = new Map<string, Node>();
    collectNodes(world, result, "", next);
    const nextValue = next.get("value");
    if (nextValue === undefined || !within(nextValue, value)) {
      refuse(world, stage.site, "an optimizer's step with a value", result);
      return undefined;
    }
    updates.push({ state: value, next: fitting(world, nextValue, value.axes) });
    for (const [at, { name }] of states.entries()) {
      const node = nodes[at];
      const nextState = next.get(name === prefix ? "state" : `state.${name.slice(prefix.length)}`);
      if (node === undefined || nextState === undefined || !within(nextState, node)) {
        refuse(world, stage.site, `the next \`${name}\``, result);
        return undefined;
      }
      updates.push({ state: node, next: fitting(world, nextState, node.axes) });
    }
  }
  return updates;
}

function within(node: Node, other: Node): boolean {
  return node.axes.every((axis) => other.axes.includes(axis));
}

function fitting(world: World, node: Node, axes: readonly Axis[]): Node {
  return world.builder.expanded(node, unionAxes(axes));
}

function collectNodes(world: World, value: Value, path: string, found: Map<string, Node>): void {
  if (value.kind === "record") {
    for (const [name, field] of value.fields) {
      collectNodes(world, field, path === "" ? name : `${path}.${name}`, found);
    }
  }
  if (value.kind === "tensor") found.set(path, value.node);
  if (value.kind === "number") found.set(path, world.builder.constant(value.value));
}

/** The record whose tensors have these paths; a single tensor without a path is itself. */
function nested(
  parts: readonly { readonly path: readonly string[]; readonly node: Node }[],
): Value {
  const fields = new Map<string, { path: readonly string[]; node: Node }[]>();
  for (const { path, node } of parts) {
    const [first = "", ...rest] = path;
    if (first === "") return tensor(node);
    fields.set(first, [...(fields.get(first) ?? []), { path: rest, node }]);
  }
  return record(
    [...fields].map(([name, inner]) => {
      const [only] = inner;
      const leaf = inner.length === 1 && only !== undefined && only.path.length === 0;
      return [name, leaf ? tensor(only.node) : nested(inner)] as const;
    }),
  );
}
