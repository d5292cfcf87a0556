import { constants } from "node:fs";
import { access, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** A file that is being written. */
export interface DiskFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Returns when the bytes are on the disk, not only in its cache. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The files that a run writes. All writing goes through here, so that a test can let a disk fill up
 * or a process die at any byte. Functions throw what the system says.
 */
export interface Disk {
  /** The whole file, or undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  readRange(path: string, from: number, length: number): Promise<Uint8Array>;
  /** Bytes of the file, or undefined where there is none. */
  size(path: string): Promise<number | undefined>;
  /** Names in the folder, sorted; none where there is no folder. */
  list(folder: string): Promise<readonly string[]>;
  /** `new` fails where the file is there, `empty` empties it, `append` goes on at its end. */
  open(path: string, how: "new" | "empty" | "append"): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a folder with all in it; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Makes renames within the folder survive a power cut, where the system can. */
  syncFolder(path: string): Promise<void>;
  /** Bytes that this process may still write to the disk that holds the folder. */
  freeBytes(folder: string): Promise<number>;
  /** Fails where the folder may not be written. */
  assertWritable(folder: string): Promise<void>;
}

const flags = { new: "wx", empty: "w", append: "a" } as const;

export const nodeDisk: Disk = {
  read: (path) => unlessMissing(() => readFile(path)),
  async readRange(path, from, length) {
    const file = await open(path, "r");
    try {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await file.read(bytes, done, length - done, from + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    } finally {
      await file.close();
    }
  },
  size: (path) => unlessMissing(async () => (await stat(path)).size),
  list: async (folder) => ((await unlessMissing(() => readdir(folder))) ?? []).sort(),
  async open(path, how) {
    const file = await open(path, flags[how]);
    return {
      async write(bytes) {
        let done = 0;
        while (done < bytes.length) {
          done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
        }
      },
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  makeFolder: (path) => makeFolders(resolve(path)),
  async syncFolder(path) {
    // Windows opens no folders; there a rename is durable by itself.
    if (process.platform === "win32") return;
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  async freeBytes(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
  assertWritable: (folder) => access(folder, constants.W_OK | constants.X_OK),
};

/** Parents first. Node's own recursion never ends where a parent is there and takes no children. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = systemCode(error);
    const isThere = code !== "ENOENT" && (await stat(path).catch(() => undefined))?.isDirectory();
    if (isThere) return;
    const parent = dirname(path);
    if (code !== "ENOENT" || (await stat(parent).catch(() => undefined)) !== undefined) throw error;
    await makeFolders(parent);
    await mkdir(path);
  }
}

async function unlessMissing<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** `ENOSPC`, `EACCES` and the like, of what the system threw. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
