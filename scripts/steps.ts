import { spawnSync } from "node:child_process";

/** What `npm run check` runs, each a script of package.json. */
export const checks = ["check:format", "check:types", "check:arrows", "check:unused"] as const;

/** Runs npm scripts one after another, all of them, and returns the names of those that failed. */
export function runScripts(names: readonly string[]): readonly string[] {
  const windows = process.platform === "win32";
  return names.filter((name) => {
    const run = spawnSync(windows ? "npm.cmd" : "npm", ["run", "--silent", name], {
      stdio: ["ignore", "inherit", "inherit"],
      shell: windows,
    });
    if (run.status !== 0) process.stdout.write(`\n${name} failed\n\n`);
    return run.status !== 0;
  });
}
