import { checkProgram } from "../compiler/index.ts";
import { type Facts, wantKey } from "../program/facts.ts";
import { fetchFacts } from "../runtime/host/fetch-facts.ts";
import { nodeHost } from "../runtime/host/node.ts";

/** All that a check of the recipe wants to know, fetched round after round as the program does. */
export async function factsOf(path: string, text: string): Promise<Facts> {
  const host = nodeHost();
  let facts: Facts = new Map([[wantKey({ kind: "source", path }), { kind: "source", text }]]);
  for (;;) {
    const { wanted } = checkProgram(path, facts);
    if (wanted.length === 0) return facts;
    facts = new Map([...facts, ...(await fetchFacts(wanted, host))]);
  }
}
