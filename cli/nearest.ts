import { distance } from "fastest-levenshtein";

/** The name that was probably meant: equal but for case, or within a third of the length. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const wanted = written.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const ranked = names
    .map((name) => ({ name, edits: distance(name.toLowerCase(), wanted) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.name;
}
