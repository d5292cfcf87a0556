import { createColors } from "picocolors";

export type Colours = ReturnType<typeof createColors>;

/** Where a command writes: results to stdout, everything meant for people to stderr. */
export interface Terminal {
  /** A line of the result. */
  result(line: string): void;
  /** A line for people. */
  say(line: string): void;
  /** Colours of `say`; all are the identity where there are none. */
  readonly colours: Colours;
  /** Colours of `result`, which may go to a file while `say` goes to a terminal. */
  readonly resultColours: Colours;
  /** True where a line can be drawn again: progress is shown only there. */
  readonly live: boolean;
  /** Columns of the terminal, 100 where there is none. */
  readonly columns: number;
}

/** The terminal of this process. Colour only on a terminal, and never against NO_COLOR. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  endQuietlyWhenNobodyReads(stdout);
  endQuietlyWhenNobodyReads(stderr);
  const dumb = env["TERM"] === "dumb";
  const refused = (env["NO_COLOR"] ?? "") !== "";
  const forced = (env["FORCE_COLOR"] ?? "0") !== "0";
  const live = stderr.isTTY === true && !dumb;
  return {
    result: (line) => void stdout.write(`${line}\n`),
    say: (line) => void stderr.write(`${line}\n`),
    colours: createColors(!refused && (live || forced)),
    resultColours: createColors(!refused && ((stdout.isTTY === true && !dumb) || forced)),
    live,
    columns: stderr.isTTY === true ? Math.max(40, stderr.columns) : 100,
  };
}

/** `levain plan … | head` closes the pipe early; that is no failure. */
function endQuietlyWhenNobodyReads(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
