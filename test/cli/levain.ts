import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  readonly in?: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const program = resolve("dist/levain.js");

/**
 * Calls the bundled program. Its stderr goes to a file, because a driver writes warnings to file
 * descriptor 2 that the program can keep from a file, but not from a socket.
 */
export function levain(words: readonly string[], options: CallOptions = {}): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), "levain-cli-"));
  const errors = join(folder, "stderr");
  const descriptor = openSync(errors, "w");
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, ...words], {
    cwd: options.in ?? process.cwd(),
    env: { ...inherited, ...options.env },
    stdio: ["pipe", "pipe", descriptor],
  });
  closeSync(descriptor);
  child.stdin?.on("error", () => {});
  child.stdin?.end(options.stdin ?? "");
  let out = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
  });
  return new Promise((answer, fail) => {
    child.on("error", fail);
    child.on("close", (code) => {
      const err = readFileSync(errors, "utf8");
      rmSync(folder, { recursive: true, force: true });
      answer({ code, out, err });
    });
  });
}

/** Runs the work in a folder of its own. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "levain-test-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
