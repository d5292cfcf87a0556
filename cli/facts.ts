import { type Fact, type Facts, type Want, wantKey } from "../program/facts.ts";
import { invariant } from "../program/invariant.ts";

/** A check that may want more than it was given. */
export interface Wanting {
  readonly wanted: readonly Want[];
}

export interface Gathered<Result> {
  readonly result: Result;
  readonly facts: Facts;
}

/** Finds out all of what is wanted. */
export type FetchFacts = (wants: readonly Want[]) => Promise<ReadonlyMap<string, Fact>>;

/** Rounds until nothing is wanted; a chain of recipes that use each other costs one each. */
const mostRounds = 1000;

/**
 * Checks, fetches all that is wanted, and checks again until nothing is wanted. Facts that are known already are kept, so that what did not change is not read twice.
 */
export async function gather<Result extends Wanting>(
  fetch: FetchFacts,
  known: Facts,
  check: (facts: Facts) => Result,
): Promise<Gathered<Result>> {
  let facts = known;
  for (let round = 0; round < mostRounds; round += 1) {
    const result = check(facts);
    const missing = result.wanted.filter((want) => !facts.has(wantKey(want)));
    if (missing.length === 0) return { result, facts };
    facts = new Map([...facts, ...(await fetch(missing))]);
  }
  invariant(false, "facts are wanted without end");
}
