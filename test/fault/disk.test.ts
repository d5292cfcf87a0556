import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeDisk } from "../../runtime/host/disk.ts";
import type { RunEvent } from "../../runtime/stages/events.ts";
import {
  lastStep,
  openDevice,
  refusals,
  runsFolder,
  runTable,
  stopAfter,
} from "../runs/table-run.ts";
import { memoryDisk } from "../weights/memory-disk.ts";
import { fillingDisk, systemError, watchedDisk } from "./faulty-disk.ts";

const device = openDevice();

/** Bytes of the final state, which is all that a run has computed. */
function finalState(disk: ReturnType<typeof memoryDisk>): Buffer {
  const path = [...disk.files.keys()].find((name) => name.endsWith("state/step-30.safetensors"));
  return Buffer.from(disk.files.get(path ?? "") ?? []);
}

test("a disk without room for the run is refused before the first step, with the numbers", async () => {
  const disk = memoryDisk(new Map(), 3_000_000);
  const events = await runTable({ device: device(), disk });
  expect(refusals(events)).toMatchObject([
    {
      code: "LV0902",
      message: expect.stringMatching(
        /^3 checkpoints of 720000 bytes and the result need 19297216 bytes, \d+ are free on this disk$/,
      ),
    },
  ]);
  expect(lastStep(events)).toBeUndefined();
});

test("a disk that others fill, at any byte: refused, and with room again the same bits", async () => {
  const whole = memoryDisk();
  let total = 0;
  const counting = watchedDisk(whole, ({ bytes }) => {
    total += bytes;
  });
  await runTable({ device: device(), disk: counting });
  const state = finalState(whole);
  expect(state.length).toBeGreaterThan(720_000);

  let went = 0;
  for (const share of [0.0001, 0.05, 0.1, 0.2, 0.35, 0.5, 0.66, 0.8, 0.9, 0.97]) {
    const disk = memoryDisk();
    const events = await runTable({
      device: device(),
      disk: fillingDisk(disk, Math.floor(share * total)),
    });
    expect(refusals(events)).toMatchObject([
      { code: "LV0903", message: expect.stringContaining("the disk is full") },
    ]);
    expect([...disk.files.keys()].filter((path) => path.endsWith(".part"))).toEqual([]);
    expect([...disk.files.keys()].filter((path) => path.endsWith("/lock"))).toEqual([]);
    const resumed = await runTable({ device: device(), disk });
    const [start] = resumed.filter((event) => event.event === "stage-start");
    if (start?.event === "stage-start" && start.from_step > 0) went += 1;
    expect(finalState(disk).equals(state)).toBe(true);
  }
  expect(went).toBeGreaterThan(3);
});

test("a folder that may not be written is refused before the first step", async () => {
  const disk = memoryDisk();
  const readOnly = {
    ...disk,
    assertWritable: async () => {
      throw systemError("EROFS");
    },
  };
  const events = await runTable({ device: device(), disk: readOnly });
  expect(refusals(events)).toMatchObject([
    { code: "LV0903", message: "could not make the folder: the file system is read-only" },
  ]);
  expect(lastStep(events)).toBeUndefined();
});

test("an export that may not be written is refused before the training that it needs", async () => {
  const disk = memoryDisk();
  const events = await runTable({
    device: device(),
    disk: {
      ...disk,
      makeFolder: async (path) => {
        if (path === "/out") throw systemError("EACCES");
      },
    },
  });
  expect(refusals(events)).toMatchObject([
    {
      code: "LV0903",
      message: "could not make the folder: this user may not",
      place: { file: "/out" },
    },
  ]);
  expect([...disk.files.keys()]).toEqual([]);
});

test("a path through a file is refused by the real disk", async () => {
  const folder = mkdtempSync(join(tmpdir(), "levain-"));
  try {
    writeFileSync(join(folder, "file"), "");
    const events = await runTable({
      device: device(),
      disk: {
        ...nodeDisk,
        list: async () => [],
        makeFolder: async (path) => (path === "/out" ? undefined : nodeDisk.makeFolder(path)),
        assertWritable: async () => undefined,
      },
      options: { runsFolder: join(folder, "file", "runs") },
    });
    expect(refusals(events)).toMatchObject([
      {
        code: "LV0903",
        message: "could not make the folder: a part of the path is a file, not a folder",
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a disk that gives back other bytes is found out before the first step", async () => {
  const disk = memoryDisk();
  const events = await runTable({
    device: device(),
    disk: {
      ...disk,
      async readRange(path, from, length) {
        const bytes = await disk.readRange(path, from, length);
        if (path.includes("/rehearsal/") && length > 100_000) bytes[5000] = (bytes[5000] ?? 0) ^ 4;
        return bytes;
      },
    },
  });
  expect(refusals(events)).toMatchObject([
    {
      code: "LV0910",
      message: "the exported `parameter:table` comes back from the disk with other values",
    },
  ]);
  expect(lastStep(events)).toBeUndefined();
});

test("a manifest that is damaged is refused, not overwritten", async () => {
  const disk = memoryDisk();
  await stopAfter(9, { device: device(), disk });
  const path = [...disk.files.keys()].find((name) => name.endsWith("manifest.json")) ?? "";
  const half = (disk.files.get(path) ?? new Uint8Array()).subarray(0, 100);
  disk.files.set(path, half);
  const events: readonly RunEvent[] = await runTable({ device: device(), disk });
  expect(refusals(events)).toMatchObject([
    { code: "LV0913", message: expect.stringContaining("its manifest is damaged") },
  ]);
  expect(disk.files.get(path)).toBe(half);
  expect(path.startsWith(runsFolder)).toBe(true);
});
