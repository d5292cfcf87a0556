import type { Span } from "../../grammar/tree.ts";
import { type DiagnosticKind, diagnose } from "../../program/diagnostics/define.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";

/** Where diagnostics go. A fault that several instances of one body show is reported once. */
export interface Report {
  readonly add: <Facts>(
    kind: DiagnosticKind<Facts>,
    file: string,
    span: Span,
    facts: Facts,
    more?: Parameters<typeof diagnose>[3],
  ) => void;
  readonly push: (diagnostic: Diagnostic) => void;
  /** Runs without reporting and says whether it would have reported an error. */
  readonly quietly: <Value>(run: () => Value) => {
    readonly value: Value;
    readonly failed: boolean;
  };
  /** Runs without reporting and gives what would have been reported. */
  readonly collect: <Value>(run: () => Value) => {
    readonly value: Value;
    readonly problems: readonly Diagnostic[];
  };
  /** Reports only what concerns names: for branches that are not taken. */
  readonly namesOnly: <Value>(run: () => Value) => Value;
  readonly isQuiet: () => boolean;
  readonly found: () => readonly Diagnostic[];
}

export function createReport(): Report {
  const found = new Map<string, Diagnostic>();
  let mode: "all" | "quiet" | "names" = "all";
  let failed = false;
  let collected: Diagnostic[] | undefined;

  const push = (diagnostic: Diagnostic): void => {
    if (diagnostic.severity === "error") failed = true;
    if (mode === "quiet") {
      collected?.push(diagnostic);
      return;
    }
    if (mode === "names" && !diagnostic.code.startsWith("LV02")) return;
    const { place, code } = diagnostic;
    const at = place.range ?? { start: place.line ?? 0, end: place.column ?? 0 };
    const key = `${place.file}:${at.start}:${at.end}:${code}`;
    if (!found.has(key)) found.set(key, diagnostic);
  };

  const within = <Value>(next: typeof mode, run: () => Value): Value => {
    const before = mode;
    mode = before === "quiet" ? "quiet" : next;
    const value = run();
    mode = before;
    return value;
  };

  return {
    add: (kind, file, span, facts, more) =>
      push(diagnose(kind, { file, range: { start: span.start, end: span.end } }, facts, more)),
    push,
    quietly: (run) => {
      const before = { failed, collected };
      failed = false;
      collected = undefined;
      const value = within("quiet", run);
      const result = { value, failed };
      ({ failed, collected } = before);
      return result;
    },
    collect: (run) => {
      const before = { failed, collected };
      const problems: Diagnostic[] = [];
      collected = problems;
      const value = within("quiet", run);
      ({ failed, collected } = before);
      return { value, problems };
    },
    namesOnly: (run) => within("names", run),
    isQuiet: () => mode === "quiet",
    found: () => [...found.values()],
  };
}
