import { numberAttribute } from "../attributes.ts";
import type { Row } from "../row.ts";
import { problem } from "../shape.ts";
import type { TensorType } from "../tensor.ts";

/** One result of a `repeat`: {index}. Its gradient is the repeat's business. */
export const item: Row = {
  name: "item",
  family: "view",
  arity: 1,
  shape: ([input], attributes) => {
    const results = input !== undefined && hasTuple(input) ? input.tuple : undefined;
    const result = results?.[numberAttribute(attributes, "index")];
    return result ?? problem("attribute", "item of what is not a tuple, or past its end");
  },
  derivative: undefined,
  flops: () => 0,
};

function hasTuple(
  type: TensorType,
): type is TensorType & { readonly tuple: readonly TensorType[] | undefined } {
  return "tuple" in type;
}
