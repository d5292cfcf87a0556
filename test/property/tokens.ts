import type { Values } from "./interpreted.ts";

/** Rows of ids from a place in each row on, padded at the end to the same time. */
export function rowsOfTokens(
  ids: readonly (readonly number[])[],
  from: readonly number[],
  time: number,
): Values {
  const flat = (value: (row: number, at: number) => number) =>
    Float64Array.from(
      ids.flatMap((_, row) => Array.from({ length: time }, (_, at) => value(row, at))),
    );
  const real = (row: number, at: number) => (at < (ids[row]?.length ?? 0) ? 1 : 0);
  return {
    "tokens.id": flat((row, at) => ids[row]?.[at] ?? 0),
    "tokens.position": flat((row, at) => (from[row] ?? 0) + at),
    "tokens.segment": flat(() => 0),
    "tokens.weight": flat(real),
    "tokens.step": flat(() => 0),
    "tokens.real": flat(real),
  };
}
