import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { factsOf } from "./facts.ts";
import { busyNotes, levain, processor, root, versions } from "./machine.ts";
import { type Bench, less } from "./report.ts";
import { interleave, timed, timesOf } from "./timing.ts";

const recipe = `${root}recipes/examples/size_ladder.recipe`;
const inside = fileURLToPath(new URL("check-inside.mjs", import.meta.url));
const rounds = 9;
/** Milliseconds over an empty Node process, and for the check itself. */
const bounds = { whole: 250, inside: 60 };

interface Inside {
  readonly first: { readonly clock: number; readonly processors: number };
  /** Milliseconds of a check after twenty others. */
  readonly later: number;
}

/** What checking a correct recipe costs whoever calls the program, and the check alone. */
export const check: Bench = {
  name: "check",
  description: "`levain check` of a correct recipe over an empty Node process, and the time inside",
  async run(say) {
    const text = readFileSync(recipe, "utf8");
    const folder = mkdtempSync(join(tmpdir(), "levain-bench-"));
    const facts = join(folder, "facts.json");
    try {
      writeFileSync(facts, JSON.stringify([...(await factsOf(recipe, text))]));
      const insides: Inside[] = [];
      say(`${rounds} rounds, each in fresh processes`);
      const times = await interleave(
        {
          empty: () => timed(() => node("-e", "0")),
          check: () => timed(() => node(levain, "check", recipe)),
          inside: () => {
            const result = JSON.parse(node(inside, recipe, facts)) as Inside;
            insides.push(result);
            return Promise.resolve(result.first.clock);
          },
        },
        rounds,
        1,
      );
      const over = (kind: "median" | "least") => times.check[kind] - times.empty[kind];
      const later = timesOf(insides.slice(1).map((one) => one.later));
      const processors = Math.min(...insides.map(({ first }) => first.processors));
      const lines = text.split("\n").length - 1;
      const program = `check of ${lines} lines over \`node -e 0\``;
      const fresh = "inside, in a fresh process";
      const after = "inside, after twenty edits";
      return {
        adapter: processor(),
        versions: versions(),
        rows: [
          less(
            `${program}, median of ${rounds} (ms); peer: the bound`,
            over("median"),
            bounds.whole,
          ),
          less(`${program}, least (ms); peer: the bound`, over("least"), bounds.whole),
          less(`${fresh}, median (ms); peer: the bound`, times.inside.median, bounds.inside),
          less(`${fresh}, least (ms); peer: the bound`, times.inside.least, bounds.inside),
          less(`${fresh}, least on all processors together (ms)`, processors),
          less(`${after}, median (ms); peer: the bound`, later.median, bounds.inside),
          less(`${after}, least (ms); peer: the bound`, later.least, bounds.inside),
          less("`node -e 0`, median (ms)", times.empty.median),
        ],
        notes: busyNotes(),
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function node(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${words.join(" ")}: ${stderr}`);
  return stdout;
}
