import { randomState, uniform } from "../../../program/random.ts";
import { selectRows } from "../rows.ts";
import { numberSetting, onlyInput } from "../settings.ts";
import type { DataSource } from "../source.ts";

/** Another order for each epoch, a pure function of seed and epoch. */
export const shuffle: DataSource = {
  order: "of the epoch",
  async open(pipeline, context, epoch) {
    const rows = await context.rows(onlyInput(pipeline), epoch);
    return selectRows(rows, permutation(rows.length, numberSetting(pipeline, "seed"), epoch));
  },
};

/** The numbers below `length` in an order drawn from (seed, epoch) (Fisher and Yates). */
function permutation(length: number, seed: number, epoch: number): Float64Array {
  const state = randomState(seed, `shuffle:${epoch}`);
  const order = Float64Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last -= 1) {
    // Two draws of 24 bits each: one alone could not reach every place of a long list.
    const chance = uniform(state, 2 * last) + uniform(state, 2 * last + 1) / 2 ** 24;
    const other = Math.floor(chance * (last + 1));
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return order;
}
