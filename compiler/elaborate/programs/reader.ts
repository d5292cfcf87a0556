import { invariant } from "../../../program/invariant.ts";
import type { Node } from "../../operations/tensor.ts";
import type { PlacedModel } from "../stage.ts";
import type { ParameterReader, World } from "../world.ts";

/** Reads parameters from the states of a stage's model. */
export function stateReader(world: World, model: PlacedModel): ParameterReader {
  const inputs = new Map<number, Node>();
  for (const { parameter, state, axes } of model.parameters) {
    inputs.set(parameter.id, world.builder.input(state, "state", axes, "real"));
  }
  const overlay = new Map<number, Node>();
  return {
    overlay,
    read(parameter) {
      const node = overlay.get(parameter.id) ?? inputs.get(parameter.id);
      invariant(node !== undefined, "a parameter of another model is read");
      return node;
    },
  };
}
