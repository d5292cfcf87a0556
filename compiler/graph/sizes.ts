import { axisAttribute, regionAttribute } from "../operations/attributes.ts";
import type { Node } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { rebuild } from "./rebuild.ts";
import { repeatNode } from "./region.ts";
import { reachable } from "./walk.ts";

/** The same roots with sizes of axes as numbers, in bodies of regions too. */
export function resolveSizes(builder: GraphBuilder, roots: readonly Node[]): readonly Node[] {
  const replacements = new Map<Node, Node>();
  for (const node of reachable(roots)) {
    if (node.operation === "size") {
      const size = axisAttribute(node.attributes, "axis").size;
      replacements.set(node, builder.constant(size, "int"));
    }
    if (node.operation !== "repeat") continue;
    const region = regionAttribute(node.attributes);
    const results = resolveSizes(builder, region.results);
    if (results.every((result, place) => result === region.results[place])) continue;
    const given = rebuild(builder, node.inputs, replacements);
    replacements.set(node, repeatNode(builder, { ...region, results, given }));
  }
  return rebuild(builder, roots, replacements);
}
