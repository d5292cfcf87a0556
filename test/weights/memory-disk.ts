import { dirname } from "node:path";
import type { Disk } from "../../runtime/host/disk.ts";

/** A disk in memory; `capacity` bytes fit on it, after which it is full as a real one. */
export function memoryDisk(
  files: Map<string, Uint8Array> = new Map(),
  capacity = Number.POSITIVE_INFINITY,
): Disk & { readonly files: Map<string, Uint8Array> } {
  const used = (): number => [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const failure = (code: string): Error => Object.assign(new Error(code), { code });
  return {
    files,
    read: async (path) => files.get(path),
    async readRange(path, from, length) {
      const file = files.get(path);
      if (file === undefined) throw failure("ENOENT");
      return file.slice(from, from + length);
    },
    size: async (path) => files.get(path)?.length,
    list: async (folder) =>
      [...files.keys()]
        .filter((path) => dirname(path) === folder)
        .map((path) => path.slice(folder.length + 1)),
    async open(path, how) {
      if (how === "new" && files.has(path)) throw failure("EEXIST");
      if (how === "empty" || !files.has(path)) files.set(path, new Uint8Array());
      return {
        async write(bytes) {
          if (used() + bytes.length > capacity) throw failure("ENOSPC");
          files.set(path, Buffer.concat([files.get(path) ?? new Uint8Array(), bytes]));
        },
        sync: async () => undefined,
        close: async () => undefined,
      };
    },
    async rename(from, to) {
      const file = files.get(from);
      if (file === undefined) throw failure("ENOENT");
      files.delete(from);
      files.set(to, file);
    },
    async remove(path) {
      for (const name of files.keys()) {
        if (name === path || name.startsWith(`${path}/`)) files.delete(name);
      }
    },
    makeFolder: async () => undefined,
    syncFolder: async () => undefined,
    freeBytes: async () => capacity - used(),
    assertWritable: async () => undefined,
  };
}
