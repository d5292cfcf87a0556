import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder } from "../cli/levain.ts";
import { filesOf, kinds, root } from "./cases.ts";
import { played } from "./session.ts";

const sessions = kinds.flatMap((kind) => filesOf(kind, ".session").map((file) => [kind, file]));

/** What is written in a session is all that a user sees, and the files that are left behind. */
test.each(sessions)("%s/%s", async (kind = "", file = "") => {
  const path = join(root, kind, file);
  const text = readFileSync(path, "utf8");
  await inFolder(async (folder) => {
    await expect(await played(kind, text, realpathSync(folder))).toMatchFileSnapshot(path);
  });
});
