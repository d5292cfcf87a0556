import type { Executable } from "../../program/executable.ts";
import { invariant } from "../../program/invariant.ts";
import type { Values } from "../device/device.ts";
import type { TokensRow } from "./rows.ts";

const fields = ["id", "position", "segment", "weight", "step", "real"] as const;

/** Padding belongs to no segment. */
const noSegment = -1;

/**
 * Token rows as the data of an executable whose ports are `tokens.*` [.., time]: row after row, each
 * padded at its end, rows that are missing padded whole. Only ports that the executable has are filled.
 */
export function packRows(
  rows: readonly TokensRow[],
  executable: Executable,
): Readonly<Record<string, Values>> {
  const data: Record<string, Values> = {};
  for (const field of fields) {
    const port = executable.data.find(({ name }) => name === `tokens.${field}`);
    if (port === undefined) continue;
    const time = port.shape.at(-1) ?? 0;
    const size = port.shape.reduce((product, extent) => product * extent, 1);
    invariant(rows.length * time <= size, `${port.name} has room for ${rows.length} rows`);
    const values = field === "weight" ? new Float32Array(size) : new Int32Array(size);
    if (field === "segment") values.fill(noSegment);
    for (const [index, row] of rows.entries()) {
      invariant(row[field].length <= time, `a row fits the ${time} places of ${port.name}`);
      values.set(row[field], index * time);
    }
    data[port.name] = values;
  }
  return data;
}
