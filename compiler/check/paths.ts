/** Paths in recipes are written with `/` on every system. */

/** Resolves `path` against the folder of the file `from`; absolute paths stay. */
export function resolvePath(from: string, path: string): string {
  if (/^(\/|[A-Za-z]:[\\/])/.test(path)) return path;
  const folder = from.replaceAll("\\", "/").split("/").slice(0, -1);
  const parts = [...folder];
  for (const part of path.replaceAll("\\", "/").split("/")) {
    const last = parts[parts.length - 1];
    if (part === "." || (part === "" && parts.length > 0)) continue;
    if (part === ".." && last !== undefined && last !== ".." && last !== "." && last !== "")
      parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
