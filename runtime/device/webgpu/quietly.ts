import { closeSync, openSync } from "node:fs";

/**
 * Runs work with file descriptor 2 on the null device: graphics drivers print harmless warnings
 * there while an adapter is looked for, where no handler in JavaScript can catch them.
 */
export async function quietly<Result>(work: () => Promise<Result>): Promise<Result> {
  const restore = muteStandardError();
  try {
    return await work();
  } finally {
    restore();
  }
}

function muteStandardError(): () => void {
  if (process.platform === "win32") return () => {};
  let saved: number;
  try {
    saved = openSync("/dev/fd/2", "a");
  } catch {
    // A socket cannot be opened again; then the warnings pass.
    return () => {};
  }
  closeSync(2);
  // The lowest free number is taken, which is 2.
  openSync("/dev/null", "w");
  return () => {
    closeSync(2);
    openSync(`/dev/fd/${saved}`, "a");
    closeSync(saved);
  };
}
