import { regionAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { problem, sortedAxes, tensor } from "../shape.ts";
import type { Region, TensorType } from "../tensor.ts";

/** A body run once for each entry of an axis: {region}. Derivative and cost are those of the body. */
export const repeat: Row = {
  name: "repeat",
  family: "region",
  arity: undefined,
  shape: (inputs, attributes) => {
    const region = regionAttribute(attributes);
    return inputs.length === region.parameters.length
      ? tensor([], "real")
      : problem("attribute", "repeat takes an operand for each parameter of its body");
  },
  derivative: undefined,
  flops: () => 0,
};

/** Types of the results: final carried values, then values stacked along the axis. */
export function repeatResults(region: Region): readonly TensorType[] {
  return region.results.map((result, place) =>
    place < region.carried
      ? tensor(result.axes, result.element)
      : tensor(sortedAxes([...result.axes, region.axis]), result.element),
  );
}
