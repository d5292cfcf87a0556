import {
  axesAttribute,
  axisAttribute,
  numberAttribute,
  regionAttribute,
} from "../../operations/attributes.ts";
import type { Builder } from "../../operations/row.ts";
import type { Attributes, Axis, Node } from "../../operations/tensor.ts";

/** Rules for views of views. The result may lack axes: the caller adds them. */
export function simplifiedView(
  build: Builder,
  operation: string,
  inputs: readonly Node[],
  attributes: Attributes,
): Node | undefined {
  const [x] = inputs;
  if (x === undefined) return undefined;
  switch (operation) {
    case "rename":
      return simplifiedRename(build, x, attributes);
    case "expand":
      if (axesAttribute(attributes, "axes").length === 0) return x;
      if (x.operation !== "expand") return undefined;
      return build.apply("expand", x.inputs, {
        axes: [...axesAttribute(x.attributes, "axes"), ...axesAttribute(attributes, "axes")],
      });
    case "shift":
      return numberAttribute(attributes, "amount") === 0 ? x : undefined;
    case "reverse":
      return undoes(x, "reverse", "axis", axisAttribute(attributes, "axis"));
    case "split":
      return x.operation === "merge" &&
        axisAttribute(x.attributes, "into") === axisAttribute(attributes, "axis") &&
        equalLists(axesAttribute(x.attributes, "axes"), axesAttribute(attributes, "into"))
        ? x.inputs[0]
        : undefined;
    case "merge":
      return x.operation === "split" &&
        axisAttribute(x.attributes, "axis") === axisAttribute(attributes, "into") &&
        equalLists(axesAttribute(x.attributes, "into"), axesAttribute(attributes, "axes"))
        ? x.inputs[0]
        : undefined;
    case "part":
      return simplifiedPart(build, x, attributes);
    case "take":
      return simplifiedTake(build, x, attributes);
    case "join":
      return simplifiedJoin(build, inputs, attributes);
    case "item":
      return simplifiedItem(build, x, attributes);
    default:
      return undefined;
  }
}

function simplifiedRename(build: Builder, x: Node, attributes: Attributes): Node | undefined {
  const from = axisAttribute(attributes, "from");
  const to = axisAttribute(attributes, "to");
  if (from === to) return x;
  if (x.operation === "index") return build.apply("index", [], { axis: to });
  if (x.operation !== "rename" || axisAttribute(x.attributes, "to") !== from) return undefined;
  const first = axisAttribute(x.attributes, "from");
  return first === to ? x.inputs[0] : build.apply("rename", x.inputs, { from: first, to });
}

/** A part of a join that lies within one piece is a part of that piece. */
function simplifiedPart(build: Builder, x: Node, attributes: Attributes): Node | undefined {
  const axis = axisAttribute(attributes, "axis");
  const into = axisAttribute(attributes, "into");
  if (axis.size === into.size) return build.apply("rename", [x], { from: axis, to: into });
  if (x.operation !== "join" || axisAttribute(x.attributes, "into") !== axis) return undefined;
  let start = numberAttribute(attributes, "start");
  for (const [place, piece] of axesAttribute(x.attributes, "axes").entries()) {
    const node = x.inputs[place];
    if (node === undefined) return undefined;
    if (start + into.size <= piece.size) {
      return build.apply("part", [node], { axis: piece, into, start });
    }
    start -= piece.size;
    if (start < 0) return undefined;
  }
  return undefined;
}

function simplifiedTake(build: Builder, x: Node, attributes: Attributes): Node | undefined {
  const axis = axisAttribute(attributes, "axis");
  if (x.operation === "index") return build.constant(numberAttribute(attributes, "at"), "int");
  if (x.operation !== "expand") return undefined;
  const axes = axesAttribute(x.attributes, "axes");
  if (!axes.includes(axis)) return undefined;
  return build.apply("expand", x.inputs, { axes: axes.filter((other) => other !== axis) });
}

function simplifiedJoin(
  build: Builder,
  inputs: readonly Node[],
  attributes: Attributes,
): Node | undefined {
  const [from, ...more] = axesAttribute(attributes, "axes");
  if (from === undefined || more.length > 0) return undefined;
  return build.apply("rename", inputs, { from, to: axisAttribute(attributes, "into") });
}

/** What a body hands through unchanged needs no `repeat`. */
function simplifiedItem(build: Builder, x: Node, attributes: Attributes): Node | undefined {
  if (x.operation !== "repeat") return undefined;
  const region = regionAttribute(x.attributes);
  const index = numberAttribute(attributes, "index");
  const result = region.results[index];
  if (result === undefined) return undefined;
  const place = region.parameters.indexOf(result);
  const given = x.inputs[place];
  if (index < region.carried) return place === index ? given : undefined;
  if (given === undefined || place < region.carried) {
    return result.operation === "constant"
      ? build.apply("expand", [result], { axes: [region.axis] })
      : undefined;
  }
  if (place < region.carried + region.each) return given;
  return build.apply("expand", [given], { axes: [region.axis] });
}

function undoes(x: Node, operation: string, name: string, axis: Axis): Node | undefined {
  return x.operation === operation && axisAttribute(x.attributes, name) === axis
    ? x.inputs[0]
    : undefined;
}

function equalLists(left: readonly Axis[], right: readonly Axis[]): boolean {
  return left.length === right.length && left.every((axis, place) => axis === right[place]);
}
