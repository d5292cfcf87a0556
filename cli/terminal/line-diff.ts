/** One line of a comparison. */
export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** Lines of both texts in order, with what was removed before what was added. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = before.split("\n");
  const b = after.split("\n");
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) {
    end += 1;
  }
  const same = (text: string): DiffLine => ({ kind: "same", text });
  return [
    ...a.slice(0, start).map(same),
    ...diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ];
}

/** By the longest common subsequence; quadratic, which a recipe's few hundred lines allow. */
function diffMiddle(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const width = b.length + 1;
  const length = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      length[i * width + j] =
        a[i] === b[j]
          ? (length[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(length[(i + 1) * width + j] ?? 0, length[i * width + j + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left !== undefined && left === right) {
      lines.push({ kind: "same", text: left });
      i += 1;
      j += 1;
    } else if (
      left !== undefined &&
      (right === undefined ||
        (length[(i + 1) * width + j] ?? 0) >= (length[i * width + j + 1] ?? 0))
    ) {
      lines.push({ kind: "removed", text: left });
      i += 1;
    } else {
      lines.push({ kind: "added", text: right ?? "" });
      j += 1;
    }
  }
  return lines;
}

const context = 3;

/** The changes in the unified form that `patch` and `git apply` read; empty for equal texts. */
export function unifiedDiff(path: string, before: string, after: string): readonly string[] {
  const lines = diffLines(before, after);
  const changed = lines.flatMap((line, index) => (line.kind === "same" ? [] : [index]));
  if (changed.length === 0) return [];
  const hunks: { from: number; to: number }[] = [];
  for (const index of changed) {
    const from = Math.max(0, index - context);
    const to = Math.min(lines.length, index + context + 1);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  const count = (slice: readonly DiffLine[], kind: "removed" | "added") =>
    slice.filter((line) => line.kind === "same" || line.kind === kind).length;
  const sign = { same: " ", removed: "-", added: "+" } as const;
  const text = hunks.flatMap(({ from, to }) => {
    const above = lines.slice(0, from);
    const inside = lines.slice(from, to);
    const range = (kind: "removed" | "added") => `${count(above, kind) + 1},${count(inside, kind)}`;
    return [
      `@@ -${range("removed")} +${range("added")} @@`,
      ...inside.map((line) => sign[line.kind] + line.text),
    ];
  });
  return [`--- ${path}`, `+++ ${path}`, ...text];
}
