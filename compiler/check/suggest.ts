import { distance } from "fastest-levenshtein";

/**
 * The name that was probably meant: the same name in other case, else the nearest one within a third
 * of the length (at least one edit). `names` are those that would be legal at the place.
 */
export function suggest(written: string, names: Iterable<string>): string | undefined {
  const wanted = written.toLowerCase();
  const limit = Math.max(Math.floor(written.length / 3), 1);
  let best: string | undefined;
  let least = limit + 1;
  for (const name of names) {
    if (name === written) continue;
    const other = name.toLowerCase();
    if (other === wanted) return name;
    if (Math.abs(other.length - wanted.length) > limit) continue;
    const edits = distance(other, wanted);
    if (edits < least && edits < Math.max(name.length, written.length)) {
      best = name;
      least = edits;
    }
  }
  return best;
}
