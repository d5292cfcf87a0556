/** `npm run check`: format and lint, types, arrows between rooms, unused code. */
import { checks, runScripts } from "./steps.ts";

const failed = runScripts(checks);
if (failed.length > 0) process.stdout.write(`failed: ${failed.join(", ")}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
