import type { Span } from "./tree.ts";

/** Anything in a tree that has a kind and a place. */
export interface AnyNode {
  readonly kind: string;
  readonly span: Span;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "kind" in value && "span" in value;
}

/** The nodes directly inside a node, in the order of its properties; comments are none. */
export function childrenOf(node: object): readonly AnyNode[] {
  const found: AnyNode[] = [];
  // No pairs of names and values: trees are walked often.
  for (const key in node) {
    if (key === "comments" || key === "span" || key === "kind") continue;
    collect(node[key as keyof typeof node], found);
  }
  return found;
}

function collect(value: unknown, found: AnyNode[]): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const element of value) collect(element, found);
  } else if (isNode(value)) {
    found.push(value);
  } else if ("span" in value) {
    // Arms, lambda parameters and used names have no kind of their own.
    for (const inner of Object.values(value)) collect(inner, found);
  } else if ("name" in value) {
    for (const inner of Object.values(value)) collect(inner, found);
  }
}

/** Calls back for a node and all nodes below it, parents first; `false` leaves out what is below. */
export function visit(node: AnyNode, callback: (node: AnyNode) => unknown): void {
  if (callback(node) === false) return;
  for (const child of childrenOf(node)) visit(child, callback);
}

/** True where a path from the node downwards has more than `limit` nodes; uses no recursion. */
export function isDeeperThan(node: AnyNode, limit: number): boolean {
  const stack: { readonly node: AnyNode; readonly depth: number }[] = [{ node, depth: 1 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.depth > limit) return true;
    for (const child of childrenOf(next.node)) stack.push({ node: child, depth: next.depth + 1 });
  }
  return false;
}
