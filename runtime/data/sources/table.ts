import type { DataSource } from "../source.ts";
import { chunks } from "./chunks.ts";
import { shuffle } from "./shuffle.ts";
import { split } from "./split.ts";
import { take } from "./take.ts";
import { text } from "./text.ts";
import { tokenize } from "./tokenize.ts";

/** The names that bodies `= source "…"` of the library have, and what implements them. */
const sources = { text, split, tokenize, chunks, shuffle, take } as const satisfies Record<
  string,
  DataSource
>;

export type SourceName = keyof typeof sources;

export const sourceNames = Object.keys(sources) as readonly SourceName[];

/** The row of the table, or undefined where there is none of that name. */
export function sourceNamed(name: string): DataSource | undefined {
  return Object.hasOwn(sources, name) ? sources[name as SourceName] : undefined;
}
