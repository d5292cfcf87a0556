import { emptyPart } from "../../../program/diagnostics/catalogue/files.ts";
import { diagnose } from "../../../program/diagnostics/define.ts";
import { invariant } from "../../../program/invariant.ts";
import { refuse } from "../../refusal.ts";
import { selectRows } from "../rows.ts";
import { numberSetting, onlyInput } from "../settings.ts";
import type { DataSource } from "../source.ts";

/**
 * The first rows to learn from (`train`), the last ones to measure on (`held_out`). Shuffled rows are
 * split in the order of their first epoch, so that no row is ever on both sides.
 */
export const split: DataSource = {
  order: "fixed",
  async open(pipeline, context) {
    const { part } = pipeline;
    invariant(part === "train" || part === "held_out", "split has two parts");
    const rows = await context.rows(onlyInput(pipeline), 0);
    const share = numberSetting(pipeline, "held_out");
    const heldOut = Math.min(rows.length, Math.max(0, Math.round(rows.length * share)));
    const border = rows.length - heldOut;
    const [from, to] = part === "train" ? [0, border] : [border, rows.length];
    if (from === to) {
      refuse(diagnose(emptyPart, pipeline.place, { part, rows: rows.length, share }));
    }
    return selectRows(
      rows,
      Float64Array.from({ length: to - from }, (_, index) => from + index),
    );
  },
};
