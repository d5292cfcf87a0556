import type { Builder } from "../../operations/row.ts";
import { sameAxes, withoutAxes } from "../../operations/shape.ts";
import type { Attributes, Node, TensorType } from "../../operations/tensor.ts";
import { simplifiedElementWise } from "./element-wise.ts";
import { simplifiedJoins } from "./joins.ts";
import { simplifiedReduction } from "./reductions.ts";
import { simplifiedScatter } from "./scatter.ts";
import { simplifiedView } from "./views.ts";

/** A node that equals the one about to be made and costs less, if a local rule knows one. */
export function simplified(
  build: Builder,
  operation: string,
  inputs: readonly Node[],
  attributes: Attributes,
  type: TensorType,
): Node | undefined {
  const simpler =
    simplifiedElementWise(build, operation, inputs, type) ??
    simplifiedView(build, operation, inputs, attributes) ??
    simplifiedReduction(build, operation, inputs, attributes) ??
    simplifiedJoins(build, operation, inputs) ??
    simplifiedScatter(build, operation, inputs, attributes);
  if (simpler === undefined) return undefined;
  const converted =
    simpler.element === "int" && type.element === "real"
      ? build.apply("to_real", [simpler])
      : simpler;
  return converted.element === type.element ? widened(build, converted, type) : undefined;
}

/** The node with axes added that its type has and it lacks. */
export function widened(build: Builder, node: Node, type: TensorType): Node {
  if (sameAxes(node.axes, type.axes)) return node;
  return build.apply("expand", [node], { axes: withoutAxes(type.axes, node.axes) });
}
