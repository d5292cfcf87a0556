/**
 * `npm test`: an adapter, the checks of the code itself, the bundle, then every test.
 * Its last line is `tests: N passed, N failed`; a step before the tests that fails counts as one.
 */
import { startVitest, type TestModule } from "vitest/node";
import { checks, runScripts } from "./steps.ts";

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** A test that did not run has not passed: a skipped one, or a file without tests, is a failure. */
function count(module: TestModule): Tally {
  const states = [...module.children.allTests()].map((test) => test.result().state);
  const passed = states.filter((state) => state === "passed").length;
  const brokenFile = module.errors().length > 0 || states.length === 0;
  return { passed, failed: states.length - passed + (brokenFile ? 1 : 0) };
}

function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

const failedSteps = runScripts(["prepare-adapter", ...checks, "prepare"]);
const vitest = await startVitest("test", process.argv.slice(2), { watch: false });
const strayErrors = vitest.state.getUnhandledErrors().length;
const tally = vitest.state
  .getTestModules()
  .map(count)
  .reduce(add, { passed: 0, failed: failedSteps.length + strayErrors });
await vitest.close();
process.stdout.write(`tests: ${tally.passed} passed, ${tally.failed} failed\n`);
process.exit(tally.failed > 0 || tally.passed === 0 ? 1 : 0);
