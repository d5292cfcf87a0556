import { distance } from "fastest-levenshtein";

/**
 * The name that was probably meant: the same name in other case, else the nearest one within a third
 * of the length (at least one edit), else the one that shares a word. `names` are those that would be legal at the place.
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
  return best ?? sharedWord(written, names);
}

/** `batch_size` for `batch`: the only name that is a word of the other, or has it as one. */
function sharedWord(written: string, names: Iterable<string>): string | undefined {
  const words = new Set(written.toLowerCase().split("_"));
  const found = new Set<string>();
  for (const name of names) {
    const lower = name.toLowerCase();
    const shared = words.has(lower) || lower.split("_").includes(written.toLowerCase());
    if (shared && lower.length > 2 && name !== written) found.add(name);
  }
  const [only] = found;
  return found.size === 1 ? only : undefined;
}
