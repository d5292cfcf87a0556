/** One check in a fresh process, of the bundle that users have: its recipe, and facts as JSON. */
import { readFileSync } from "node:fs";

const { checkProgram } = await import(new URL("../dist/compiler.js", import.meta.url).href);
const [recipe, file] = process.argv.slice(2);
const facts = new Map(JSON.parse(readFileSync(file, "utf8")));
const before = process.cpuUsage();
const begin = performance.now();
const { diagnostics, elaborated } = checkProgram(recipe, facts);
const wall = performance.now() - begin;
const { user, system } = process.cpuUsage(before);
const processors = (user + system) / 1000;
const errors = elaborated === undefined ? Math.max(1, diagnostics.length) : 0;
process.stdout.write(JSON.stringify({ wall, processors, errors }));
