import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { factsOf } from "./facts.ts";
import { busyNotes, levain, processor, root, versions } from "./machine.ts";
import { type Bench, less } from "./report.ts";
import { interleave, timed } from "./timing.ts";

const recipe = `${root}recipes/examples/size_ladder.recipe`;
const inside = fileURLToPath(new URL("check-inside.mjs", import.meta.url));
const rounds = 9;
/** Milliseconds over an empty Node process, and for the check itself. */
const bounds = { whole: 250, inside: 60 };

interface Inside {
  /** Milliseconds on the clock and on the processors. */
  readonly wall: number;
  readonly processors: number;
  readonly errors: number;
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
          inside: async () => {
            const result = JSON.parse(node(inside, recipe, facts)) as Inside;
            if (result.errors > 0) throw new Error(`${recipe} is wrong`);
            insides.push(result);
            return result.wall;
          },
        },
        rounds,
        1,
      );
      const over = (kind: "median" | "least") => times.check[kind] - times.empty[kind];
      const least = Math.min(...insides.map(({ processors }) => processors));
      const lines = text.split("\n").length - 1;
      const program = `check of ${lines} lines over \`node -e 0\``;
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
          less(
            "the check inside, median (ms); peer: the bound",
            times.inside.median,
            bounds.inside,
          ),
          less("the check inside, least (ms); peer: the bound", times.inside.least, bounds.inside),
          less("the check inside, least on all processors together (ms)", least),
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
