import {
  axesAttribute,
  isAxes,
  isAxis,
  isRegion,
  stringAttribute,
} from "../../operations/attributes.ts";
import { unionAxes, withoutAxes } from "../../operations/shape.ts";
import type { Attribute, Attributes, Axis, Node } from "../../operations/tensor.ts";
import type { GraphBuilder } from "../build.ts";

/** Operations that do not look along time: the same, with other axes; operands may have the batch. */
export function convertOther(
  builder: GraphBuilder,
  node: Node,
  inputs: readonly Node[],
  axes: (axis: Axis) => Axis,
): Node {
  const attributes = substituted(node.attributes, axes);
  switch (node.operation) {
    case "input": {
      if (node.axes.every((axis) => axes(axis) === axis)) return node;
      const { element } = node;
      const name = stringAttribute(node.attributes, "name");
      return builder.input(name, "data", axesAttribute(attributes, "axes"), element);
    }
    case "expand":
      return builder.expanded(inputs[0] ?? node, axesAttribute(attributes, "axes"));
    case "join": {
      const own = axesAttribute(attributes, "axes");
      const rest = inputs.map((input, place) =>
        withoutAxes(input.axes, own.slice(place, place + 1)),
      );
      const all = unionAxes(...rest);
      const wide = inputs.map((input) => builder.expanded(input, all));
      return builder.apply("join", wide, attributes);
    }
    case "scatter_add": {
      // Axes that the ids have gained are no axes to sum over.
      const before = (node.inputs[1]?.axes ?? []).map(axes);
      const gained = withoutAxes(inputs[1]?.axes ?? [], before);
      const keep = unionAxes(axesAttribute(attributes, "keep"), gained);
      const [values = node, ids = node] = inputs;
      return builder.apply("scatter_add", [builder.expanded(values, ids.axes), ids], {
        ...attributes,
        keep,
      });
    }
    default:
      return builder.apply(node.operation, inputs, attributes);
  }
}

function substituted(attributes: Attributes, axes: (axis: Axis) => Axis): Attributes {
  const changed: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value !== "object" || value instanceof Float64Array || isRegion(value)) {
      changed[name] = value;
    } else if (isAxes(value)) changed[name] = value.map(axes);
    else if (isAxis(value)) changed[name] = axes(value);
  }
  return changed;
}
