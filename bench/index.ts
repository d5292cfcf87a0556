/**
 * `npm run bench -- NAME [--json]`: Levain beside a peer or a bound, measured in one run. The table is
 * for people, on stderr; `--json` prints one object on stdout. A ratio above 1: Levain is better.
 */
import { check } from "./check.ts";
import { compile } from "./compile.ts";
import { parse } from "./parse.ts";
import { quickstart } from "./quickstart.ts";
import type { Bench } from "./report.ts";
import { table } from "./table.ts";

const benches: readonly Bench[] = [quickstart, check, parse, compile];

function help(): string {
  const width = Math.max(...benches.map(({ name }) => name.length));
  const list = benches.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`);
  return [
    "usage: npm run bench -- NAME [--json]",
    "",
    ...list,
    "",
    "--json prints one object on stdout. LEVAIN_BENCH_PYTHON names a Python with PyTorch,",
    "which `quickstart` then times in the same run.",
  ].join("\n");
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith("-"));
const unknown = words.filter((word) => word.startsWith("-") && word !== "--json");
const bench = benches.find(({ name }) => name === names[0]);
if (words.includes("--help") || words.includes("-h")) process.stdout.write(`${help()}\n`);
else if (bench === undefined || names.length > 1 || unknown.length > 0) {
  say(help());
  process.exitCode = 2;
} else {
  const report = await bench.run(say);
  if (words.includes("--json")) {
    const { adapter, versions, rows } = report;
    process.stdout.write(`${JSON.stringify({ name: bench.name, adapter, versions, rows })}\n`);
    for (const note of report.notes) say(`note: ${note}`);
  } else say(table(bench.name, report));
}
