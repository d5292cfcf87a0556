import { DECLARATION_WORDS } from "../tokens.ts";

/** What other languages call our declarations. */
const FOREIGN_WORDS: ReadonlyMap<string, string> = new Map([
  ["def", "fn"],
  ["func", "fn"],
  ["fun", "fn"],
  ["function", "fn"],
  ["const", "let"],
  ["var", "let"],
  ["val", "let"],
  ["dim", "let"],
  ["import", "use"],
  ["from", "use"],
  ["include", "use"],
  ["class", "model"],
  ["module", "model"],
  ["interface", "model"],
  ["struct", "record"],
  ["typedef", "type"],
  ["alias", "type"],
  ["param", "input"],
  ["option", "input"],
  ["assert", "ensure"],
  ["require", "ensure"],
  ["dataset", "data"],
  ["step", "stage"],
]);

/** The declaration that a word was meant to begin: of another language, or misspelt. */
export function proposedDeclaration(word: string): string | undefined {
  const known = FOREIGN_WORDS.get(word);
  if (known !== undefined) return known;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const declaration of DECLARATION_WORDS) {
    const far = editDistance(word.toLowerCase(), declaration);
    if (far < least) {
      least = far;
      best = declaration;
    }
  }
  return best;
}

/** Letters to insert, delete or replace (Levenshtein 1966). */
function editDistance(from: string, to: string): number {
  let row = [...to, ""].map((_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 0; at < to.length; at += 1) {
      const replaced = (row[at] ?? 0) + (to.charAt(at) === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
