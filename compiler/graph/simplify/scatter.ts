import { axesAttribute, axisAttribute } from "../../operations/attributes.ts";
import type { Builder } from "../../operations/row.ts";
import { withoutAxes } from "../../operations/shape.ts";
import type { Attributes, Node } from "../../operations/tensor.ts";

/** A scatter that sums nothing is a one-hot choice: the derivative of picking one logit a token. */
export function simplifiedScatter(
  build: Builder,
  operation: string,
  inputs: readonly Node[],
  attributes: Attributes,
): Node | undefined {
  const [values, ids] = inputs;
  if (operation !== "scatter_add" || values === undefined || ids === undefined) return undefined;
  const summed = withoutAxes(ids.axes, axesAttribute(attributes, "keep"));
  if (summed.length > 0) return undefined;
  const place = build.apply("index", [], { axis: axisAttribute(attributes, "axis") });
  return build.apply("select", [build.apply("equal", [place, ids]), values, build.constant(0)]);
}
