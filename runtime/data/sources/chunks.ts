import { tooFewTokens } from "../../../program/diagnostics/catalogue/files.ts";
import { diagnose } from "../../../program/diagnostics/define.ts";
import { invariant } from "../../../program/invariant.ts";
import type { Pipeline } from "../../../program/pipeline.ts";
import { refuse } from "../../refusal.ts";
import { numberSetting, onlyInput } from "../settings.ts";
import type { DataSource } from "../source.ts";

/** Rows of exactly `length` tokens, cut from all rows laid end to end; each is a segment of its own. */
export const chunks: DataSource = {
  order: "of its input",
  async open(pipeline, context, epoch) {
    const rows = await context.rows(onlyInput(pipeline), epoch);
    invariant(rows.kind === "tokens", "chunks are cut from tokens");
    const size = numberSetting(pipeline, "length");
    const length = Math.floor(rows.tokens / size);
    if (length === 0) {
      const part = partOf(pipeline);
      refuse(diagnose(tooFewTokens, pipeline.place, { tokens: rows.tokens, length: size, part }));
    }
    const id = new Int32Array(rows.tokens);
    const weight = new Float32Array(rows.tokens);
    const step = new Int32Array(rows.tokens);
    let place = 0;
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows.row(index);
      id.set(row.id, place);
      weight.set(row.weight, place);
      step.set(row.step, place);
      place += row.id.length;
    }
    const position = Int32Array.from({ length: size }, (_, index) => index);
    const segment = new Int32Array(size);
    const real = new Int32Array(size).fill(1);
    return {
      kind: "tokens",
      length,
      tokenizer: rows.tokenizer,
      rowTokens: size,
      tokens: length * size,
      dropped: rows.dropped + rows.tokens - length * size,
      row(index) {
        const [from, to] = [index * size, (index + 1) * size];
        return {
          id: id.subarray(from, to),
          position,
          segment,
          weight: weight.subarray(from, to),
          step: step.subarray(from, to),
          real,
        };
      },
    };
  },
};

/** The part of a split that the tokens come from, for the reader. */
function partOf(pipeline: Pipeline): string | undefined {
  const [input] = pipeline.inputs;
  return pipeline.part ?? (input === undefined ? undefined : partOf(input));
}
