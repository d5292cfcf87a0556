import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { levain } from "../../cli/levain.ts";
import { filesBelow, folderOf } from "../run.ts";

/** Of two runs of one recipe at once the later one is refused, and neither disturbs the other. */
test.each(["long.recipe"])("%s is run twice at once", async (recipe) => {
  const folder = folderOf("bad-input", recipe);
  const command = ["run", recipe, "--target", "cpu"];
  const first = levain(command, { in: folder });
  const lock = await fileOf(join(folder, "runs", "long"), "lock");
  const second = await levain(command, { in: folder });
  expect(existsSync(lock)).toBe(true);
  expect(second.code).toBe(3);
  expect(second.err).toMatch(/error\[LV0901\]: process \d+ runs in this folder since \S+\n/);
  expect(second.err).toContain("wait for it or stop it");
  expect((await first).code).toBe(0);
  expect(existsSync(lock)).toBe(false);
  expect((await levain(command, { in: folder })).code).toBe(0);
  expect(filesBelow(folder).filter((path) => path.includes("rehearsal"))).toEqual([]);
});

/** Waits until a run has made the file. */
async function fileOf(folder: string, name: string): Promise<string> {
  for (;;) {
    const [run] = existsSync(folder) ? readdirSync(folder) : [];
    if (run !== undefined && existsSync(join(folder, run, name))) return join(folder, run, name);
    await new Promise((wake) => setTimeout(wake, 10));
  }
}
