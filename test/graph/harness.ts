import {
  type GraphBuilder,
  type InterpretedTensor,
  type InterpretOptions,
  interpret,
} from "../../compiler/graph/index.ts";
import type { InputRole, Step } from "../../compiler/graph/step.ts";
import { reachable } from "../../compiler/graph/walk.ts";
import { axesAttribute, stringAttribute } from "../../compiler/operations/attributes.ts";
import { entries } from "../../compiler/operations/shape.ts";
import type { Node } from "../../compiler/operations/tensor.ts";
import { generator } from "../operations/cases.ts";

/** A step whose inputs are all the `input` nodes that its results need. */
export function stepOf(
  builder: GraphBuilder,
  outputs: Readonly<Record<string, Node>>,
  carried: Readonly<Record<string, Node>> = {},
): Step {
  const roots = [...Object.values(outputs), ...Object.values(carried)];
  const inputs = reachable(roots).filter((node) => node.operation === "input");
  return {
    name: "test",
    inputs: inputs.map((node) => ({
      name: stringAttribute(node.attributes, "name"),
      role: stringAttribute(node.attributes, "role") as InputRole,
      node,
    })),
    carried: Object.entries(carried).map(([state, next]) => ({ state, next })),
    outputs: Object.entries(outputs).map(([name, node]) => ({ name, node })),
    origins: builder.origins,
  };
}

/** Values for every input, drawn from its name: equal steps get equal values. */
export function drawn(step: Step, scale = 1): Record<string, Float64Array> {
  const values: Record<string, Float64Array> = {};
  for (const { name, role, node } of step.inputs) {
    if (role === "host") continue;
    const random = generator([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
    const count = entries(axesAttribute(node.attributes, "axes"));
    values[name] = Float64Array.from({ length: count }, () =>
      node.element === "real" ? scale * (2 * random() - 1) : Math.floor(4 * random()),
    );
  }
  return values;
}

export function run(
  builder: GraphBuilder,
  outputs: Readonly<Record<string, Node>>,
  options: InterpretOptions = {},
): Record<string, number[]> {
  const step = stepOf(builder, outputs);
  const made = interpret(step, drawn(step), options).outputs;
  return Object.fromEntries(
    Object.entries(made).map(([name, tensor]) => [name, [...tensor.values]]),
  );
}

/** A result row-major in the order of these names of axes. */
export function inOrder(tensor: InterpretedTensor, names: readonly string[]): number[] {
  const axes = names.map((name) => tensor.axes.findIndex((axis) => axis.name === name));
  const strides = tensor.axes.map((_, place) => entries(tensor.axes.slice(place + 1)));
  const read = (level: number, offset: number): number[] => {
    const axis = axes[level];
    if (axis === undefined) return [tensor.values[offset] ?? Number.NaN];
    const count = tensor.axes[axis]?.size ?? 0;
    return Array.from({ length: count }).flatMap((_, entry) =>
      read(level + 1, offset + entry * (strides[axis] ?? 0)),
    );
  };
  return read(0, 0);
}
