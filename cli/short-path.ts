import { relative, sep } from "node:path";

/** The path as the reader would type it: relative where that does not climb out of the folder. */
export function shortPath(path: string): string {
  const here = process.cwd() + sep;
  if (!path.startsWith(here)) return path;
  return relative(process.cwd(), path);
}
