import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeDisk, systemCode } from "../../runtime/host/disk.ts";

test("folders are made with their parents, and made again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "levain-folders-"));
  const deep = join(folder, "a", "b", "c");
  await nodeDisk.makeFolder(deep);
  await nodeDisk.makeFolder(deep);
  expect((await stat(deep)).isDirectory()).toBe(true);
  await rm(folder, { recursive: true });
});

test("a file in the way is a fault, not a folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "levain-folders-"));
  const file = join(folder, "file");
  await writeFile(file, "");
  for (const path of [file, join(file, "inside"), join(file, "inside", "deeper")]) {
    const code = await nodeDisk.makeFolder(path).catch(systemCode);
    expect(["EEXIST", "ENOTDIR"]).toContain(code);
  }
  await rm(folder, { recursive: true });
});

test.runIf(process.platform === "linux")(
  "a parent without children is a fault that ends",
  async () => {
    const code = await nodeDisk.makeFolder("/proc/levain/inside").catch(systemCode);
    expect(["ENOENT", "EACCES", "EPERM", "EROFS"]).toContain(code);
  },
);
