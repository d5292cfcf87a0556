import type { SourceFile } from "./tree.ts";

/** Places and the text itself are no part of what a tree means. */
const IGNORED: ReadonlySet<string> = new Set(["span", "operatorSpan"]);

/** True where two files hold the same declarations, whatever their places and comments. */
export function sameTree(a: SourceFile, b: SourceFile): boolean {
  return same(a.items, b.items);
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return a.every((element, index) => same(element, b[index]));
  }
  const left = Object.entries(a).filter(([key]) => !IGNORED.has(key));
  const right = new Map(Object.entries(b));
  for (const key of IGNORED) right.delete(key);
  if (left.length !== right.size) return false;
  return left.every(([key, value]) => right.has(key) && same(value, right.get(key)));
}
