/**
 * The test command: an adapter, the checks of the code itself, the bundle, then every test.
 * Its last line is `tests: N passed, N failed`; a check that fails counts as one failed test.
 */
import { spawnSync } from "node:child_process";
import { startVitest, type TestCase, type TestModule } from "vitest/node";

const steps = [
  { name: "adapter", script: "prepare-adapter" },
  { name: "check", script: "check" },
  { name: "bundle", script: "prepare" },
];

interface Tally {
  passed: number;
  failed: number;
}

/** Runs one npm script; prints its output only when it fails, or when it has something to say. */
function runStep(script: string): boolean {
  const command = process.platform === "win32" ? "npm.cmd" : "npm";
  const run = spawnSync(command, ["run", "--silent", script], {
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  return run.status === 0;
}

/** A test that did not run has not passed: a skipped one counts as failed. */
function count(modules: readonly TestModule[], tally: Tally): void {
  for (const module of modules) {
    const cases: readonly TestCase[] = [...module.children.allTests()];
    for (const test of cases) {
      if (test.result().state === "passed") tally.passed += 1;
      else tally.failed += 1;
    }
    if (module.errors().length > 0 || cases.length === 0) tally.failed += 1;
  }
}

const tally: Tally = { passed: 0, failed: 0 };
for (const { name, script } of steps) {
  if (runStep(script)) continue;
  process.stdout.write(`${name} failed\n`);
  tally.failed += 1;
}
const vitest = await startVitest("test", process.argv.slice(2), { watch: false });
count(vitest.state.getTestModules(), tally);
tally.failed += vitest.state.getUnhandledErrors().length;
await vitest.close();
process.stdout.write(`tests: ${tally.passed} passed, ${tally.failed} failed\n`);
process.exit(tally.failed > 0 || tally.passed === 0 ? 1 : 0);
