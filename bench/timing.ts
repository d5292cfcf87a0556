/** Milliseconds of several rounds. */
export interface Times {
  readonly median: number;
  readonly least: number;
  /** As measured, in order. */
  readonly all: readonly number[];
}

export function timesOf(all: readonly number[]): Times {
  const sorted = [...all].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return { median, least: sorted[0] ?? Number.NaN, all };
}

/** One turn of a contestant: resolves to its milliseconds. */
export type Turn = () => Promise<number>;

/**
 * Lets contestants take turns, round after round, so that whatever else the machine does meets all
 * of them alike. The first rounds warm up and are not counted.
 */
export async function interleave<Name extends string>(
  contestants: Readonly<Record<Name, Turn>>,
  rounds: number,
  warmUp = 0,
): Promise<Readonly<Record<Name, Times>>> {
  const names = Object.keys(contestants) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const name of names) {
      const time = await contestants[name]();
      if (round >= warmUp) times.get(name)?.push(time);
    }
  }
  const entries = names.map((name) => [name, timesOf(times.get(name) ?? [])] as const);
  return Object.fromEntries(entries) as Record<Name, Times>;
}

export async function timed(act: () => unknown): Promise<number> {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
}
