import { type NumberValue, number } from "./value.ts";

/** Units with the one that values are kept in and how many of those one is. */
const units: Readonly<Record<string, readonly [string, number]>> = {
  step: ["steps", 1],
  epoch: ["epochs", 1],
  token: ["tokens", 1],
  round: ["rounds", 1],
  sequence: ["sequences", 1],
  example: ["examples", 1],
  row: ["rows", 1],
  prompt: ["prompts", 1],
  sample: ["samples", 1],
  word: ["words", 1],
  byte: ["bytes", 1],
  KiB: ["bytes", 2 ** 10],
  MiB: ["bytes", 2 ** 20],
  GiB: ["bytes", 2 ** 30],
  TiB: ["bytes", 2 ** 40],
  KB: ["bytes", 1e3],
  MB: ["bytes", 1e6],
  GB: ["bytes", 1e9],
  second: ["seconds", 1],
  minute: ["seconds", 60],
  hour: ["seconds", 3600],
  day: ["seconds", 86400],
};

/** A number literal as a value; a unit that nothing knows stays as it is written. */
export function quantity(
  value: number,
  percent: boolean,
  whole: boolean,
  unit: string | undefined,
): NumberValue {
  if (percent) return { kind: "number", value: value / 100, unit: "share", whole: false };
  if (unit === undefined) return { kind: "number", value, unit, whole };
  const [name, factor] = units[unit] ?? units[unit.replace(/s$/, "")] ?? [unit, 1];
  return number(value * factor, name);
}
