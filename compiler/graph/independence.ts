import { numberAttribute, regionAttribute } from "../operations/attributes.ts";
import type { Node, Region } from "../operations/tensor.ts";
import { reachable } from "./walk.ts";

/** An output that depends on what it should not. */
export interface Dependence {
  readonly output: Node;
  readonly on: readonly Node[];
}

/** Which outputs depend on which of `of`, results of repeats told apart; independence gives nothing. */
export function dependences(outputs: readonly Node[], of: readonly Node[]): readonly Dependence[] {
  const known = dependencesOf(outputs, new Map(of.map((node) => [node, new Set([node])])));
  return outputs.flatMap((output) => {
    const on = [...(known.get(output) ?? [])].sort((a, b) => a.id - b.id);
    return on.length === 0 ? [] : [{ output, on }];
  });
}

type Sets = ReadonlyMap<Node, ReadonlySet<Node>>;

function dependencesOf(roots: readonly Node[], given: Sets): Sets {
  const known = new Map<Node, ReadonlySet<Node>>(given);
  const tuples = new Map<Node, readonly ReadonlySet<Node>[]>();
  for (const node of reachable(roots)) {
    if (known.has(node)) continue;
    const operands = node.inputs.map((input) => known.get(input) ?? new Set<Node>());
    if (node.operation === "repeat") {
      tuples.set(node, ofRepeat(regionAttribute(node.attributes), operands));
    } else if (node.operation === "item") {
      const [tuple = node] = node.inputs;
      const index = numberAttribute(node.attributes, "index");
      known.set(node, tuples.get(tuple)?.[index] ?? new Set());
    } else known.set(node, union(operands));
  }
  return known;
}

/** What is carried gathers dependences from iteration to iteration, until there are no more. */
function ofRepeat(
  region: Region,
  operands: readonly ReadonlySet<Node>[],
): readonly ReadonlySet<Node>[] {
  let carried = operands.slice(0, region.carried);
  for (;;) {
    const given = new Map(
      region.parameters.map(
        (parameter, place) =>
          [parameter, carried[place] ?? operands[place] ?? new Set<Node>()] as const,
      ),
    );
    const known = dependencesOf(region.results, given);
    const results = region.results.map((result) => known.get(result) ?? new Set<Node>());
    const more = carried.map((before, place) => union([before, results[place] ?? new Set()]));
    const settled = more.every((now, place) => now.size === carried[place]?.size);
    carried = more;
    if (settled) return [...carried, ...results.slice(region.carried)];
  }
}

function union(sets: readonly ReadonlySet<Node>[]): ReadonlySet<Node> {
  return new Set(sets.flatMap((set) => [...set]));
}
