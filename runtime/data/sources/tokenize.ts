import { invariant } from "../../../program/invariant.ts";
import { onlyInput, onlyTokenizer } from "../settings.ts";
import type { DataSource } from "../source.ts";

/** Text as token ids, row after row; all of a row is learnt and belongs together. */
export const tokenize: DataSource = {
  order: "of its input",
  async open(pipeline, context, epoch) {
    const tokenizer = await context.tokenizer(onlyTokenizer(pipeline));
    const documents = await context.rows(onlyInput(pipeline), epoch);
    invariant(documents.kind === "documents", "tokenize reads text");
    const ends = new Float64Array(documents.length);
    let ids = new Int32Array(1024);
    let tokens = 0;
    for (let index = 0; index < documents.length; index += 1) {
      const row = tokenizer.encode(documents.row(index));
      if (tokens + row.length > ids.length) {
        const longer = new Int32Array(2 * (tokens + row.length));
        longer.set(ids);
        ids = longer;
      }
      ids.set(row, tokens);
      tokens += row.length;
      ends[index] = tokens;
    }
    return {
      kind: "tokens",
      length: documents.length,
      tokenizer,
      rowTokens: undefined,
      tokens,
      dropped: 0,
      row(index) {
        const id = ids.subarray(index === 0 ? 0 : ends[index - 1], ends[index]);
        return {
          id,
          position: Int32Array.from(id, (_, place) => place),
          segment: new Int32Array(id.length),
          weight: new Float32Array(id.length).fill(1),
          step: new Int32Array(id.length),
          real: new Int32Array(id.length).fill(1),
        };
      },
    };
  },
};
