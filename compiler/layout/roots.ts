import type { Step } from "../graph/step.ts";
import type { Node } from "../operations/tensor.ts";

/** What a step computes: next values of its state, then its outputs. */
export function rootsOf(step: Step): readonly Node[] {
  return [...step.carried.map((carry) => carry.next), ...step.outputs.map((output) => output.node)];
}
