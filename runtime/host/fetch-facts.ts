import type { Fact, Want } from "../../program/facts.ts";
import { wantKey } from "../../program/facts.ts";
import type { Host } from "../../program/host.ts";
import { findInvalidByte } from "../data/utf8.ts";

/** Fetches what `check` wants to know, all of it in parallel, for its table of facts. */
export async function fetchFacts(
  wants: readonly Want[],
  host: Host,
): Promise<ReadonlyMap<string, Fact>> {
  return new Map(
    await Promise.all(
      wants.map(async (want) => [wantKey(want), await fetchFact(want, host)] as const),
    ),
  );
}

async function fetchFact(want: Want, host: Host): Promise<Fact> {
  switch (want.kind) {
    case "library": {
      const text = await host.library(want.name);
      return text === undefined ? { kind: "missing" } : { kind: "library", text };
    }
    case "source": {
      const bytes = await host.readBytes(want.path);
      if (bytes === undefined) return { kind: "missing" };
      return { kind: "source", text: new TextDecoder().decode(bytes) };
    }
    case "file": {
      const bytes = await host.readBytes(want.path);
      if (bytes === undefined) return { kind: "missing" };
      return {
        kind: "file",
        bytes: bytes.length,
        digest: await host.digest(bytes),
        invalid: findInvalidByte(bytes),
      };
    }
  }
}
