import type { Node } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { reachable } from "./walk.ts";

/**
 * The roots with some nodes replaced (each by one of its type) and everything above them built anew.
 * Bodies of regions stay as they are, since they read nothing from outside.
 */
export function rebuild(
  builder: GraphBuilder,
  roots: readonly Node[],
  replacements: ReadonlyMap<Node, Node>,
): readonly Node[] {
  const result = new Map<Node, Node>(replacements);
  const nodes = reachable(roots);
  for (const node of nodes) {
    if (result.has(node)) continue;
    const inputs = node.inputs.map((input) => result.get(input) ?? input);
    const same = inputs.every((input, place) => input === node.inputs[place]);
    result.set(
      node,
      same
        ? node
        : builder.withOrigins(builder.originsOf(node), () =>
            builder.apply(node.operation, inputs, node.attributes),
          ),
    );
  }
  return roots.map((root) => result.get(root) ?? root);
}
