import { type ExitCode, exit } from "./exit.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { version } from "./version.ts";

/** An exception that no diagnostic speaks for: says so, with all that a report of it needs. */
export function reportBug(error: unknown, terminal: Terminal): ExitCode {
  if (isSystemError(error)) {
    terminal.say(`${terminal.colours.red("error")}: ${systemMessage(error)}`);
    return exit.machine;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { colours } = terminal;
  terminal.say(
    [
      `${colours.bold(colours.red("Levain has a bug"))}: your recipe may be fine. Nothing that was finished is lost.`,
      "Please report the lines below, with the recipe if you can share it.",
      "",
      "----",
      `levain ${version}, node ${process.versions.node}, ${process.platform} ${process.arch}`,
      `levain ${process.argv.slice(2).map(quoted).join(" ")}`,
      stack,
      "----",
    ].join("\n"),
  );
  return exit.bug;
}

/** A failure of the operating system (no such file, no permission, no space): not a bug. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}

function systemMessage(error: NodeJS.ErrnoException): string {
  const what = {
    ENOENT: "there is no such file or folder",
    EACCES: "no permission",
    EPERM: "not permitted",
    EROFS: "the file system is read-only",
    ENOSPC: "no space is left on the disk",
    EISDIR: "this is a folder, not a file",
    ENOTDIR: "a part of the path is a file, not a folder",
    EEXIST: "it exists already",
    EMFILE: "too many files are open",
  }[error.code ?? ""];
  return `${error.path === undefined ? "" : `${error.path}: `}${what ?? error.message}`;
}

function quoted(argument: string): string {
  return /^[\w./=:,@%+-]+$/.test(argument) ? argument : JSON.stringify(argument);
}
