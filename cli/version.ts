import { readFileSync } from "node:fs";

/** The version in package.json, which stands one folder above this file and above the bundle alike. */
export const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { version: found } = JSON.parse(text) as { readonly version: string };
  return found;
}
