import { invariant } from "../../program/invariant.ts";
import { stringAttribute } from "../operations/attributes.ts";
import type { Node } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { fold } from "./fold.ts";
import { narrow } from "./narrow.ts";
import { resolveSizes } from "./sizes.ts";
import type { Input, InputRole, Step } from "./step.ts";
import { tidy } from "./tidy.ts";
import { reachable } from "./walk.ts";

type Pass = (builder: GraphBuilder, roots: readonly Node[]) => readonly Node[];

/** The passes over a finished step, by name, in their order. */
export const graphPasses: readonly { readonly name: string; readonly run: Pass }[] = [
  { name: "sizes", run: resolveSizes },
  { name: "tidy", run: tidy },
  { name: "narrow", run: narrow },
  { name: "fold", run: fold },
  { name: "tidy again", run: tidy },
];

/** The step after all passes, or after those up to `last`. Its inputs stay those that were declared. */
export function optimise(builder: GraphBuilder, step: Step, last?: string): Step {
  let current = step;
  for (const pass of graphPasses) {
    current = withRoots(builder, current, pass.run(builder, rootsOf(current)));
    if (pass.name === last) break;
  }
  return current;
}

export function rootsOf(step: Step): readonly Node[] {
  return [...step.outputs.map((output) => output.node), ...step.carried.map((carry) => carry.next)];
}

/** The step with other nodes for its outputs and next states, in the order of `rootsOf`. */
export function withRoots(builder: GraphBuilder, step: Step, roots: readonly Node[]): Step {
  const at = (place: number): Node => {
    const node = roots[place];
    invariant(node !== undefined, "a pass lost a root");
    return node;
  };
  return {
    ...step,
    outputs: step.outputs.map(({ name }, place) => ({ name, node: at(place) })),
    carried: step.carried.map(({ state }, place) => ({
      state,
      next: at(step.outputs.length + place),
    })),
    origins: builder.origins,
  };
}

/** A step from its results: the inputs are those that they read, and the states that are replaced. */
export function makeStep(
  builder: GraphBuilder,
  name: string,
  outputs: Step["outputs"],
  carried: readonly { readonly state: Node; readonly next: Node }[],
): Step {
  const roots = [
    ...outputs.map((output) => output.node),
    ...carried.flatMap((carry) => [carry.state, carry.next]),
  ];
  const inputs = reachable(roots).filter((node) => node.operation === "input");
  return {
    name,
    inputs: inputs.map(inputOf),
    carried: carried.map(({ state, next }) => ({ state: inputOf(state).name, next })),
    outputs,
    origins: builder.origins,
  };
}

const roles: readonly InputRole[] = ["state", "data", "host"];

function inputOf(node: Node): Input {
  invariant(node.operation === "input", "an input is expected");
  const role = roles.find((candidate) => candidate === node.attributes["role"]);
  invariant(role !== undefined, "an input has a role");
  return { name: stringAttribute(node.attributes, "name"), role, node };
}
