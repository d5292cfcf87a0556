import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../../program/host.ts";
import { invariant } from "../../program/invariant.ts";

const modulePath = /^[a-z0-9_-]+(\/[a-z0-9_-]+)*$/i;

/** The Host of Node. `library` is the folder of the library's modules; it is found where none is given. */
export function nodeHost(library: string = libraryFolder()): Host {
  return {
    readBytes: readable,
    async library(name) {
      if (!modulePath.test(name)) return undefined;
      const bytes = await readable(join(library, `${name}.recipe`));
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    },
    resolve: (from, relative) => resolve(dirname(from), relative),
    digest: async (bytes) => createHash("sha256").update(bytes).digest("hex"),
  };
}

async function readable(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
}

/** `recipes/std` above this module, which may be a source file or part of the bundle. */
function libraryFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "recipes/std/prelude.recipe"))) {
    const parent = dirname(folder);
    invariant(parent !== folder, "the library is missing from this installation");
    folder = parent;
  }
  return join(folder, "recipes/std");
}
