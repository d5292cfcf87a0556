import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** A whole process: what Dawn does at a collection or at exit is seen only from outside. */
function runChild(mode: string) {
  const child = fileURLToPath(new URL("child.ts", import.meta.url));
  return spawnSync(process.execPath, ["--expose-gc", "--import", "tsx", child, mode], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 60_000,
  });
}

test.each(["close", "leave", "pending"])(
  "a process that opens a device ends by itself: %s",
  (mode) => {
    const run = runChild(mode);
    expect({ status: run.status, signal: run.signal }).toEqual({ status: 0, signal: null });
    expect(run.stdout).toBe("end\n");
  },
);
