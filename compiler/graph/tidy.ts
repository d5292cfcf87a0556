import { numberAttribute, regionAttribute } from "../operations/attributes.ts";
import type { Node, Region } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { closed, repeatNode } from "./region.ts";
import { reachable } from "./walk.ts";

/**
 * The same roots with repeats of one body on the same values made one (a derivative runs a body again
 * for values that it needs), without results that nobody reads and carried values that never change.
 */
export function tidy(builder: GraphBuilder, roots: readonly Node[]): readonly Node[] {
  const nodes = reachable(roots);
  const groups = groupRepeats(nodes);
  if (groups.size === 0) return roots;
  const live = findLive(nodes, roots, groups);
  const result = new Map<Node, Node>();
  const merged = new Map<Group, Merged>();
  const now = (node: Node) => result.get(node) ?? node;
  for (const node of nodes) {
    if (!live.has(node)) continue;
    const group = groups.get(node);
    if (group !== undefined) {
      if (!merged.has(group)) merged.set(group, mergeGroup(builder, group, now));
      continue;
    }
    const [first] = node.inputs;
    const items = node.operation === "item" && first !== undefined ? groups.get(first) : undefined;
    if (items !== undefined && first !== undefined) {
      const index = numberAttribute(node.attributes, "index");
      const region = regionAttribute(first.attributes);
      const body = region.results[index];
      const made = merged.get(items);
      const replacement =
        index < region.carried ? made?.carried.get(index) : body && made?.stacked.get(body);
      if (replacement !== undefined) result.set(node, replacement);
      continue;
    }
    const inputs = node.inputs.map(now);
    if (inputs.some((input, place) => input !== node.inputs[place])) {
      result.set(
        node,
        builder.withOrigins(builder.originsOf(node), () =>
          builder.apply(node.operation, inputs, node.attributes),
        ),
      );
    }
  }
  return roots.map(now);
}

/** Repeats with the same inputs, parameters and next carried values. */
interface Group {
  readonly leader: Node;
  readonly region: Region;
  /** Places of the carried values that something needs. */
  readonly carried: Set<number>;
  /** Body nodes whose stacked values are read. */
  readonly stacked: Set<Node>;
}

function groupRepeats(nodes: readonly Node[]): ReadonlyMap<Node, Group> {
  const byKey = new Map<string, Group>();
  const groups = new Map<Node, Group>();
  for (const node of nodes) {
    if (node.operation !== "repeat") continue;
    const region = regionAttribute(node.attributes);
    const ids = (list: readonly Node[]) => list.map((one) => one.id).join();
    const next = region.results.slice(0, region.carried);
    const key = `${ids(node.inputs)}/${ids(region.parameters)}/${ids(next)}/${region.axis.id}/${region.reverse}`;
    const group = byKey.get(key) ?? {
      leader: node,
      region,
      carried: new Set(),
      stacked: new Set(),
    };
    byKey.set(key, group);
    groups.set(node, group);
  }
  return groups;
}

/** From users to inputs; a group is decided at its first repeat, after the items of all of them. */
function findLive(
  nodes: readonly Node[],
  roots: readonly Node[],
  groups: ReadonlyMap<Node, Group>,
): ReadonlySet<Node> {
  const live = new Set<Node>(roots);
  for (const node of [...nodes].reverse()) {
    const group = groups.get(node);
    if (group !== undefined) {
      if (group.leader !== node) continue;
      live.add(node);
      for (const input of neededInputs(group)) live.add(input);
      continue;
    }
    if (!live.has(node)) continue;
    const [first] = node.inputs;
    const items = node.operation === "item" && first !== undefined ? groups.get(first) : undefined;
    if (items !== undefined && first !== undefined) {
      const index = numberAttribute(node.attributes, "index");
      const region = regionAttribute(first.attributes);
      const result = region.results[index];
      if (index < region.carried) items.carried.add(index);
      else if (result !== undefined) items.stacked.add(result);
      continue;
    }
    for (const input of node.inputs) live.add(input);
  }
  return live;
}

/** Adds the carried values that live results need, until nothing changes. */
function neededInputs(group: Group): readonly Node[] {
  const { region, leader, carried, stacked } = group;
  for (;;) {
    const next = [...carried].map((place) => region.results[place]);
    const results = [...stacked, ...next.filter((node) => node !== undefined)];
    const used = new Set(reachable(results));
    const before = carried.size;
    for (const [place, parameter] of region.parameters.slice(0, region.carried).entries()) {
      if (used.has(parameter)) carried.add(place);
    }
    if (carried.size === before) {
      return leader.inputs.filter(
        (_, place) =>
          carried.has(place) ||
          (place >= region.carried && used.has(region.parameters[place] ?? leader)),
      );
    }
  }
}

/** What stands for the items of a group's repeats: by place, and by the body's node. */
interface Merged {
  readonly carried: ReadonlyMap<number, Node>;
  readonly stacked: ReadonlyMap<Node, Node>;
}

/** One repeat for the group. */
function mergeGroup(builder: GraphBuilder, group: Group, now: (node: Node) => Node): Merged {
  const { region, leader } = group;
  const parameterAt = (place: number) => region.parameters[place] ?? leader;
  const inputAt = (place: number) => leader.inputs[place] ?? leader;
  const places = [...group.carried].sort((a, b) => a - b);
  // A carried value that stays what it was is an invariant.
  const changing = places.filter((place) => region.results[place] !== parameterAt(place));
  const staying = places.filter((place) => region.results[place] === parameterAt(place));
  const rest = region.parameters.map((_, place) => place).slice(region.carried);
  const order = [
    ...changing,
    ...rest.slice(0, region.each),
    ...staying,
    ...rest.slice(region.each),
  ];
  const stacked = [...group.stacked].sort((a, b) => a.id - b.id);
  const results = tidy(builder, [
    ...changing.map((place) => region.results[place] ?? leader),
    ...stacked,
  ]);
  const finals = new Map<number, Node>();
  const stacks = new Map<Node, Node>();
  for (const place of staying) finals.set(place, now(inputAt(place)));
  if (results.length === 0) return { carried: finals, stacked: stacks };
  const body = closed(builder, {
    axis: region.axis,
    reverse: region.reverse,
    carried: changing.length,
    each: region.each,
    parameters: order.map(parameterAt),
    results,
    given: order.map((place) => now(inputAt(place))),
  });
  const node = builder.withOrigins(builder.originsOf(leader), () => repeatNode(builder, body));
  for (const [index, place] of changing.entries()) {
    finals.set(place, builder.apply("item", [node], { index }));
  }
  for (const [place, result] of stacked.entries()) {
    stacks.set(result, builder.apply("item", [node], { index: changing.length + place }));
  }
  return { carried: finals, stacked: stacks };
}
