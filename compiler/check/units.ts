/** Units of number literals, and what they are counted in. */
const BYTES = new Map([
  ["B", 1],
  ["KiB", 1024],
  ["MiB", 1024 ** 2],
  ["GiB", 1024 ** 3],
  ["TiB", 1024 ** 4],
  ["KB", 1e3],
  ["MB", 1e6],
  ["GB", 1e9],
  ["TB", 1e12],
  ["bytes", 1],
  ["byte", 1],
]);

const SECONDS = new Map([
  ["seconds", 1],
  ["second", 1],
  ["minutes", 60],
  ["minute", 60],
  ["hours", 3600],
  ["hour", 3600],
]);

const COUNTED = [
  "steps",
  "epochs",
  "tokens",
  "rounds",
  "sequences",
  "examples",
  "prompts",
  "rows",
] as const;

const SINGULAR = new Map<string, string>(COUNTED.map((unit) => [unit.slice(0, -1), unit]));

/** What a unit counts and how many of it one is: `GiB` is 2^30 bytes, `epoch` one of epochs. */
export function unitNamed(
  word: string,
): { readonly unit: string; readonly factor: number } | undefined {
  const bytes = BYTES.get(word);
  if (bytes !== undefined) return { unit: "bytes", factor: bytes };
  const seconds = SECONDS.get(word);
  if (seconds !== undefined) return { unit: "seconds", factor: seconds };
  const plural = SINGULAR.get(word) ?? COUNTED.find((unit) => unit === word);
  return plural === undefined ? undefined : { unit: plural, factor: 1 };
}

export const UNIT_WORDS: readonly string[] = [...COUNTED, ...BYTES.keys(), ...SECONDS.keys()];
