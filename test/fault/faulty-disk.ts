import type { Disk } from "../../runtime/host/disk.ts";

/** Something that a disk is asked to do to a file. */
export interface DiskOperation {
  readonly action: "open" | "write" | "sync" | "rename" | "remove";
  readonly path: string;
  /** Bytes that it would write. */
  readonly bytes: number;
}

/** Writes are asked for in pieces of this size, so that there are points within a file. */
const pieceBytes = 32_768;

/** A disk that asks before everything it does; what is thrown then is what the disk throws. */
export function watchedDisk(disk: Disk, before: (operation: DiskOperation) => void): Disk {
  const ask = (action: DiskOperation["action"], path: string, bytes = 0): void =>
    before({ action, path, bytes });
  return {
    ...disk,
    async open(path, how) {
      ask("open", path);
      const file = await disk.open(path, how);
      return {
        async write(bytes) {
          for (let from = 0; from < bytes.length; from += pieceBytes) {
            const piece = bytes.subarray(from, from + pieceBytes);
            ask("write", path, piece.length);
            await file.write(piece);
          }
        },
        async sync() {
          ask("sync", path);
          await file.sync();
        },
        close: () => file.close(),
      };
    },
    async rename(from, to) {
      ask("rename", to);
      await disk.rename(from, to);
    },
    async remove(path) {
      ask("remove", path);
      await disk.remove(path);
    },
  };
}

export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A disk on which others leave room for so many more bytes, whatever it promised. */
export function fillingDisk(disk: Disk, room: number): Disk {
  let left = room;
  return watchedDisk(disk, ({ action, bytes }) => {
    if (action !== "write") return;
    if (bytes > left) throw systemError("ENOSPC");
    left -= bytes;
  });
}
