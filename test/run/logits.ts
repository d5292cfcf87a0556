import type { Elaborated } from "../../compiler/elaborate/elaborate.ts";
import { tracedLogits } from "../../compiler/elaborate/programs/decode.ts";
import { incremental, makeStep, optimise } from "../../compiler/graph/index.ts";
import type { Step } from "../../compiler/graph/step.ts";
import { axesAttribute } from "../../compiler/operations/attributes.ts";
import { entries } from "../../compiler/operations/shape.ts";
import type { Node } from "../../compiler/operations/tensor.ts";
import { onlyStage } from "../elaborate/recipes.ts";
import type { Values } from "./machine.ts";

/** Logits of the only stage's model over whole rows, in the order [batch, time, vocab]. */
export function wholeLogits(recipe: Elaborated, rows: number, time: number): Step {
  const { logits } = traced(recipe, rows, time);
  return logitsStep(recipe, logits, []);
}

/** The same computed chunk by chunk: the decoder that the compiler derives, and what it starts with. */
export function chunkLogits(
  recipe: Elaborated,
  sizes: { readonly rows: number; readonly chunk: number; readonly capacity: number },
): { readonly step: Step; readonly memory: Values } {
  const { logits, time, batch } = traced(recipe, sizes.rows, sizes.capacity);
  const outputs = [{ name: "logits", node: logits }];
  const request = { name: "chunk", outputs, time, batch, ...sizes };
  const decoder = incremental(recipe.world.builder, request);
  const [chunk] = decoder.outputs;
  if (chunk === undefined) throw new Error("a decoder without logits");
  const memory: Record<string, Float64Array> = {};
  for (const { name, input, initial } of decoder.states) {
    const axes = axesAttribute(input.attributes, "axes");
    memory[name] = new Float64Array(entries(axes)).fill(initial);
  }
  return { step: logitsStep(recipe, chunk, decoder.carried), memory };
}

function traced(recipe: Elaborated, rows: number, time: number) {
  const { world } = recipe;
  const { builder } = world;
  const batch = builder.axis("batch", rows);
  const found = tracedLogits(world, onlyStage(recipe), batch, builder.axis("time", time));
  if (found === undefined) throw new Error("no logits");
  return found;
}

function logitsStep(
  { world: { builder } }: Elaborated,
  logits: Node,
  carried: readonly { readonly state: Node; readonly next: Node }[],
): Step {
  const vocab = logits.axes.find((axis) => axis.name === "vocab");
  if (vocab === undefined) throw new Error("logits without a vocabulary");
  // Results lie in the order in which their axes were made.
  const last = builder.axis("vocab", vocab.size);
  const node = builder.apply("rename", [logits], { from: vocab, to: last });
  return optimise(builder, makeStep(builder, "logits", [{ name: "logits", node }], carried));
}
