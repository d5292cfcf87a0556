/**
 * Whether a selector chooses a path: `*` is one name, `**` any number of them, and indices in the path
 * may be left out of the selector.
 */
export function matchesSelector(selector: string, path: string): boolean {
  const names = path.split(".");
  const plain = names.map((name) => name.replace(/\[.*\]$/, ""));
  const wanted = selector.split(".");
  const matches = (from: number, at: number): boolean => {
    const part = wanted[from];
    if (part === undefined) return at === names.length;
    if (part === "**") {
      for (let next = at; next <= names.length; next += 1) {
        if (matches(from + 1, next)) return true;
      }
      return false;
    }
    const name = names[at];
    if (name === undefined) return false;
    return (part === "*" || part === name || part === plain[at]) && matches(from + 1, at + 1);
  };
  return matches(0, 0);
}
