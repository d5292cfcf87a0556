import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import type { Disk } from "../host/disk.ts";
import { withFiles } from "./file-failure.ts";

/** What was written, so that damage can be seen later. */
export interface Written {
  readonly bytes: number;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
}

export const unfinished = ".part";

/** Tensors are written in pieces of this size. */
const pieceBytes = 2 ** 20;

/**
 * Writes a file whole or not at all: beside its place, onto the disk, and then renamed. Whoever reads
 * the path sees the old content or the new, also after a power cut.
 */
export function replaceFile(
  disk: Disk,
  path: string,
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Written> {
  const beside = `${path}${unfinished}`;
  return withFiles(`write ${basename(path)}`, path, async () => {
    try {
      const file = await disk.open(beside, "empty");
      const hash = createHash("sha256");
      let bytes = 0;
      try {
        for await (const part of parts) {
          for (let from = 0; from < part.length; from += pieceBytes) {
            const piece = part.subarray(from, from + pieceBytes);
            await file.write(piece);
            hash.update(piece);
            bytes += piece.length;
          }
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await disk.rename(beside, path);
      await disk.syncFolder(dirname(path));
      return { bytes, sha256: hash.digest("hex") };
    } catch (error) {
      // The disk may refuse this too; what counts is the first failure.
      await disk.remove(beside).catch(() => undefined);
      throw error;
    }
  });
}

export function replaceText(disk: Disk, path: string, text: string): Promise<Written> {
  return replaceFile(disk, path, [new TextEncoder().encode(text)]);
}

export function replaceJson(disk: Disk, path: string, value: unknown): Promise<Written> {
  return replaceText(disk, path, `${JSON.stringify(value, null, 2)}\n`);
}

/** SHA-256 of a file, read in pieces. */
export async function hashFile(disk: Disk, path: string): Promise<Written | undefined> {
  return withFiles(`read ${basename(path)}`, path, async () => {
    const size = await disk.size(path);
    if (size === undefined) return undefined;
    const hash = createHash("sha256");
    for (let from = 0; from < size; from += 16 * pieceBytes) {
      hash.update(await disk.readRange(path, from, Math.min(16 * pieceBytes, size - from)));
    }
    return { bytes: size, sha256: hash.digest("hex") };
  });
}
