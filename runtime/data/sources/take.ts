import { noRows } from "../../../program/diagnostics/catalogue/files.ts";
import { diagnose } from "../../../program/diagnostics/define.ts";
import { refuse } from "../../refusal.ts";
import { selectRows } from "../rows.ts";
import { numberSetting, onlyInput } from "../settings.ts";
import type { DataSource } from "../source.ts";

/** The first rows, of shuffled ones those of the first epoch: the same in every epoch. */
export const take: DataSource = {
  order: "fixed",
  async open(pipeline, context) {
    const rows = await context.rows(onlyInput(pipeline), 0);
    const count = Math.min(rows.length, numberSetting(pipeline, "count"));
    if (count < 1) refuse(diagnose(noRows, pipeline.place, { what: "`take`" }));
    return selectRows(
      rows,
      Float64Array.from({ length: count }, (_, index) => index),
    );
  },
};
