import { stripVTControlCharacters } from "node:util";
import type { RunEvent } from "../../runtime/stages/events.ts";
import { shortPath } from "../short-path.ts";
import { amount, compact, duration, significant } from "./amount.ts";
import type { Terminal } from "./terminal.ts";
import { cut, displayWidth, printable } from "./width.ts";

/** What a stage has told so far, for its line. */
interface Status {
  readonly stage: string;
  readonly firstStep: number;
  readonly since: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly learningRate: number | undefined;
  readonly tokensPerSecond: number;
}

export interface Progress {
  show(event: RunEvent): void;
  /** A line of the command's own, above the live one. */
  note(line: string): void;
  /** Removes the live line. */
  close(): void;
}

const barWidth = 20;

/**
 * Shows the events of a run to people. On a terminal one line is drawn again and again, and what is
 * worth keeping stands above it; elsewhere every event is one line.
 * `now` gives seconds; it is used for the time that is left.
 */
export async function openProgress(terminal: Terminal, now: () => number): Promise<Progress> {
  const live = terminal.live ? await openLiveLine() : undefined;
  const { colours } = terminal;
  let status: Status | undefined;
  /** The training stage that began last. */
  let trained: string | undefined;

  const keep = (line: string) => {
    live?.clear();
    terminal.say(line);
    draw();
  };
  const draw = () => {
    if (live !== undefined && status !== undefined) {
      live.draw(statusLine(status, now(), terminal));
    }
  };

  const show = (event: RunEvent): void => {
    switch (event.event) {
      case "stage-start":
        status = undefined;
        if (event.kind === "train") trained = event.stage;
        keep(startLine(event, terminal));
        return;
      case "step": {
        status = {
          stage: event.stage,
          firstStep: status?.firstStep ?? event.step,
          since: status?.since ?? now(),
          step: event.step,
          steps: event.steps,
          loss: event.loss,
          learningRate: event.learning_rate,
          tokensPerSecond: event.tokens_per_second,
        };
        if (live === undefined) terminal.say(statusLine(status, now(), terminal));
        else draw();
        return;
      }
      case "measure":
        keep(
          `${stepLabel(event, terminal)}  ${event.name} ${colours.bold(significant(event.value))}`,
        );
        return;
      case "sample":
        keep(
          `${stepLabel(event, terminal)}  ${colours.dim("sample")}\n${sampleText(event, terminal)}`,
        );
        return;
      case "checkpoint":
        if (live === undefined) terminal.say(`${stepLabel(event, terminal)}  checkpoint`);
        return;
      case "cached":
        keep(
          `${colours.bold(event.stage)}  ${colours.dim(`done before: ${shortPath(event.folder)}`)}`,
        );
        return;
      case "done":
        status = undefined;
        live?.clear();
        keep(`${colours.bold(event.stage)}  ${colours.green("done")}: ${shortPath(event.folder)}`);
        if (event.stage === trained) {
          keep(colours.dim(`      levain sample ${shortPath(event.folder)} lets it write`));
        }
        return;
      case "interrupted":
        status = undefined;
        live?.clear();
        keep(
          `${colours.bold(event.stage)}  stopped after step ${event.step}; the same command goes on from there`,
        );
        return;
      case "refused":
        status = undefined;
        live?.clear();
        return;
    }
  };
  return { show, note: keep, close: () => live?.clear() };
}

interface LiveLine {
  draw(line: string): void;
  clear(): void;
}

/** Redraws at most ten times a second: steps may be faster than a terminal. */
async function openLiveLine(): Promise<LiveLine> {
  const { createLogUpdate } = await import("log-update");
  const log = createLogUpdate(process.stderr, { showCursor: true });
  let last = 0;
  return {
    draw(line) {
      const at = Date.now();
      if (at - last < 100) return;
      last = at;
      log(line);
    },
    clear() {
      last = 0;
      log.clear();
    },
  };
}

function startLine(event: Extract<RunEvent, { event: "stage-start" }>, terminal: Terminal): string {
  const { colours } = terminal;
  const facts = [
    event.kind,
    ...(event.parameters > 0 ? [`${amount(event.parameters)} parameters`] : []),
    ...(event.steps > 0 ? [`${event.steps} steps`] : []),
    ...(event.tokens_per_step > 0 ? [`${amount(event.tokens_per_step)} tokens a step`] : []),
    ...(event.from_step > 0 ? [`goes on after step ${event.from_step}`] : []),
  ];
  return `${colours.bold(event.stage)}  ${facts.join(", ")}  ${colours.dim(shortPath(event.folder))}`;
}

function stepLabel(
  event: { readonly stage: string; readonly step: number },
  terminal: Terminal,
): string {
  return `${terminal.colours.bold(event.stage)}  ${terminal.colours.dim(`step ${event.step}`)}`;
}

function sampleText(event: Extract<RunEvent, { event: "sample" }>, terminal: Terminal): string {
  const { colours } = terminal;
  const bar = colours.dim("│ ");
  return `${event.prompt}\u0000${event.text}`
    .split("\n")
    .map((line) => {
      const [before = "", after] = line.split("\u0000");
      return after === undefined
        ? bar + printable(line)
        : bar + colours.dim(printable(before)) + printable(after);
    })
    .join("\n");
}

/** `base  ━━━━━╌╌╌╌╌  120/600  loss 2.345  rate 2.9e-3  52.3K tokens/s  1 min 20 s left`. */
function statusLine(status: Status, now: number, terminal: Terminal): string {
  const { colours } = terminal;
  const done = status.steps > 0 ? status.step / status.steps : 0;
  const filled = Math.round(done * barWidth);
  const bar = "━".repeat(filled) + colours.dim("╌".repeat(barWidth - filled));
  const taken = status.step - status.firstStep;
  const left =
    taken < 1
      ? undefined
      : ((now - status.since) / taken) * Math.max(0, status.steps - status.step);
  const pieces = [
    colours.bold(status.stage),
    ...(terminal.live ? [bar] : []),
    `${status.step}/${status.steps}`,
    `loss ${colours.bold(significant(status.loss))}`,
    ...(status.learningRate === undefined ? [] : [`rate ${compact(status.learningRate)}`]),
    `${amount(Math.round(status.tokensPerSecond))} tokens/s`,
    ...(left === undefined ? [] : [`${duration(left)} left`]),
  ];
  return fitting(pieces, terminal.columns);
}

/** Leaves out pieces from the right until the line fits: a line that wraps cannot be drawn again. */
function fitting(pieces: readonly string[], columns: number): string {
  const width = (line: string) => displayWidth(stripVTControlCharacters(line));
  for (let count = pieces.length; count > 1; count -= 1) {
    const line = pieces.slice(0, count).join("  ");
    if (width(line) < columns) return line;
  }
  return cut(pieces[0] ?? "", columns - 1);
}
