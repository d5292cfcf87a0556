/**
 * The check alone, of the bundle that users have, from facts that are ready: first in a fresh process,
 * then again and again with a comment more, as an editor asks. Arguments: recipe, facts as JSON.
 */
import { readFileSync } from "node:fs";

const { checkProgram } = await import(new URL("../dist/compiler.js", import.meta.url).href);
const [recipe, file] = process.argv.slice(2);
const facts = new Map(JSON.parse(readFileSync(file, "utf8")));
const entry = `source:${recipe}`;
const { text } = facts.get(entry);

/** Milliseconds on the clock and on all processors together. */
function measured(edits) {
  const comments = "\n// edited".repeat(edits);
  facts.set(entry, { kind: "source", text: text + comments });
  const now = new Map(facts);
  const before = process.cpuUsage();
  const begin = performance.now();
  const { elaborated, diagnostics } = checkProgram(recipe, now);
  const clock = performance.now() - begin;
  const { user, system } = process.cpuUsage(before);
  if (elaborated === undefined) throw new Error(diagnostics.map((one) => one.message).join("\n"));
  return { clock, processors: (user + system) / 1000 };
}

const first = measured(0);
const later = Array.from({ length: 20 }, (_, edits) => measured(edits + 1).clock).slice(-9);
later.sort((a, b) => a - b);
process.stdout.write(JSON.stringify({ first, later: later[4] }));
