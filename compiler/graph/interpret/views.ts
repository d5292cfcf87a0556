import { invariant } from "../../../program/invariant.ts";
import { axesAttribute, axisAttribute, numberAttribute } from "../../operations/attributes.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import {
  allocate,
  copyLoops,
  type Loop,
  loopsOver,
  type Precision,
  stridesOf,
  type Values,
  writeLoops,
} from "./strides.ts";

/** Views copy: the loops of the result through the operand. */
export function view(node: Node, operands: readonly Values[], precision: Precision): Values {
  const result = allocate(node, precision);
  if (node.operation === "join") return join(node, operands, result);
  const [input = node] = node.inputs;
  const [x = result] = operands;
  if (node.operation === "shift") return shift(node, x, result);
  const { loops, base } = viewLoops(node, stridesOf(input.axes));
  copyLoops(result, x, loops, base);
  return result;
}

function viewLoops(
  node: Node,
  strides: ReadonlyMap<Axis, number>,
): { readonly loops: readonly Loop[]; readonly base: number } {
  const strideOf = (axis: Axis) => strides.get(axis) ?? 0;
  /** The operand's loops, with those of an axis of the result replaced. */
  const loops = (made: Axis | undefined, by: readonly Loop[]) =>
    node.axes.flatMap((axis) =>
      axis === made ? by : [{ size: axis.size, stride: strideOf(axis) }],
    );
  const attributes = node.attributes;
  switch (node.operation) {
    case "rename": {
      const to = axisAttribute(attributes, "to");
      const stride = strideOf(axisAttribute(attributes, "from"));
      return { loops: loops(to, [{ size: to.size, stride }]), base: 0 };
    }
    case "expand":
      return { loops: loops(undefined, []), base: 0 };
    case "part": {
      const into = axisAttribute(attributes, "into");
      const stride = strideOf(axisAttribute(attributes, "axis"));
      const base = numberAttribute(attributes, "start") * stride;
      return { loops: loops(into, [{ size: into.size, stride }]), base };
    }
    case "take": {
      const stride = strideOf(axisAttribute(attributes, "axis"));
      return { loops: loops(undefined, []), base: numberAttribute(attributes, "at") * stride };
    }
    case "reverse": {
      const axis = axisAttribute(attributes, "axis");
      const stride = strideOf(axis);
      return {
        loops: loops(axis, [{ size: axis.size, stride: -stride }]),
        base: (axis.size - 1) * stride,
      };
    }
    case "merge": {
      const parts = loopsOver(axesAttribute(attributes, "axes"), strides);
      return { loops: loops(axisAttribute(attributes, "into"), parts), base: 0 };
    }
    case "split": {
      const stride = strideOf(axisAttribute(attributes, "axis"));
      const inside = stridesOf(axesAttribute(attributes, "into"));
      return {
        loops: node.axes.map((axis) => {
          const within = inside.get(axis);
          return {
            size: axis.size,
            stride: within === undefined ? strideOf(axis) : within * stride,
          };
        }),
        base: 0,
      };
    }
    default:
      invariant(false, `${node.operation} is not a view`);
  }
}

function join(node: Node, operands: readonly Values[], result: Values): Values {
  const into = axisAttribute(node.attributes, "into");
  const strides = stridesOf(node.axes);
  const stride = strides.get(into) ?? 0;
  let start = 0;
  for (const [place, axis] of axesAttribute(node.attributes, "axes").entries()) {
    const input = node.inputs[place];
    const values = operands[place];
    if (input === undefined || values === undefined) continue;
    const loops = input.axes.map((own) => ({
      size: own.size,
      stride: own === axis ? stride : (strides.get(own) ?? 0),
    }));
    writeLoops(result, values, loops, start * stride);
    start += axis.size;
  }
  return result;
}

function shift(node: Node, x: Values, result: Values): Values {
  const axis = axisAttribute(node.attributes, "axis");
  const amount = numberAttribute(node.attributes, "amount");
  const stride = stridesOf(node.axes).get(axis) ?? 1;
  const block = axis.size * stride;
  for (let start = 0; start < x.length; start += block) {
    for (let place = 0; place < axis.size; place += 1) {
      const from = place - amount;
      if (from < 0 || from >= axis.size) continue;
      const source = start + from * stride;
      result.set(x.subarray(source, source + stride), start + place * stride);
    }
  }
  return result;
}
