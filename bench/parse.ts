import { readMutations } from "../test/grammar/mutations.ts";
import { busyNotes, processor, versions } from "./machine.ts";
import { type Bench, less } from "./report.ts";

const mutations = 10_000;
const seed = 20_261;
/** Times the reading of the whole file; more would be an explosion. */
const bound = 200;

/** How much longer than a file itself a broken version of it takes to read, at worst. */
export const parse: Bench = {
  name: "parse",
  description: "10,000 random mutations of the library and the examples: the slowest reading",
  run() {
    const begin = performance.now();
    const { failures, worstRatio } = readMutations(mutations, seed);
    const seconds = (performance.now() - begin) / 1000;
    const what = `slowest of ${mutations} mutations, in readings of the whole file`;
    return Promise.resolve({
      adapter: processor(),
      versions: versions(),
      rows: [
        less(`${what}; peer: the bound`, worstRatio, bound),
        less("mutations that threw an exception", failures.length),
        less("all of it (s)", seconds),
      ],
      notes: [...failures, ...busyNotes()],
    });
  },
};
