import type { Axis, Element, Node } from "../../operations/tensor.ts";
import { record, tensor, type Value } from "../value.ts";
import type { World } from "../world.ts";

/** The fields of `Tokens` as they are given to a program. Truth values cross as 0 and 1. */
const fields: readonly { readonly name: string; readonly element: Element }[] = [
  { name: "id", element: "int" },
  { name: "position", element: "int" },
  { name: "segment", element: "int" },
  { name: "weight", element: "real" },
  { name: "step", element: "int" },
  { name: "real", element: "int" },
];

/** The inputs `tokens.id`, `tokens.position`, … of a program, in the order of the fields. */
export function tokenInputs(world: World, axes: readonly Axis[]): readonly Node[] {
  return fields.map(({ name, element }) =>
    world.builder.input(`tokens.${name}`, "data", axes, element),
  );
}

/** The record that an objective or a model reads, from nodes in the order of the fields. */
export function tokensRecord(world: World, nodes: readonly Node[]): Value {
  const { builder } = world;
  return record(
    fields.flatMap(({ name }, place) => {
      const node = nodes[place];
      if (node === undefined) return [];
      if (name !== "real") return [[name, tensor(node)] as const];
      const padded = builder.apply("equal", [node, builder.constant(0, "int")]);
      return [[name, tensor(builder.apply("not", [padded]))] as const];
    }),
  );
}
