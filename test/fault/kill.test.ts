import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { invariant } from "../../program/invariant.ts";
import { uniforms } from "../../program/random.ts";
import { nodeDisk } from "../../runtime/host/disk.ts";
import { nodeHost } from "../../runtime/host/node.ts";
import type { RunEvent } from "../../runtime/stages/events.ts";
import { tableRecipe } from "../runs/table-recipe.ts";
import { openDevice, plays, refusals, runTable } from "../runs/table-run.ts";

const device = openDevice();
const child = fileURLToPath(new URL("child.ts", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "levain-kill-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Set to draw the same points again. */
const seed = Number(process.env["LEVAIN_SEED"] ?? Date.now() % 1_000_000);

interface Operation {
  readonly action: string;
  readonly path: string;
}

function makeFolder(name: string): string {
  const folder = mkdtempSync(join(root, `${name}-`));
  writeFileSync(join(folder, "plays.txt"), plays);
  writeFileSync(join(folder, "key"), "the same in every folder");
  return folder;
}

function runChild(
  folder: string,
  when: string,
): { signal: string | null; operations: readonly Operation[] } {
  const { stdout, stderr, signal, status } = spawnSync(
    process.execPath,
    ["--import", "tsx", child, folder, when],
    { encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  expect(signal === "SIGKILL" || status === 0, stderr).toBe(true);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { signal, operations: lines.filter(({ action }) => action !== undefined) };
}

/** Goes on in this process. */
function resume(folder: string): Promise<readonly RunEvent[]> {
  return runTable({
    device: device(),
    disk: nodeDisk,
    recipe: tableRecipe(join(folder, "plays.txt"), join(folder, "out"), {
      keyMaterial: readFileSync(join(folder, "key"), "utf8"),
    }),
    options: { host: nodeHost(), runsFolder: join(folder, "runs") },
  });
}

function results(folder: string): readonly string[] {
  const runs = join(folder, "runs", "table");
  const base = readdirSync(runs).find((name) => name.startsWith("base-"));
  invariant(base !== undefined, "the stage has a folder");
  const files = ["model.safetensors", "state/step-30.safetensors"].map((name) =>
    join(runs, base, name),
  );
  return [...files, join(folder, "out", "model.safetensors")].map((path) =>
    readFileSync(path).toString("base64"),
  );
}

test("killed at points of a printed seed, a run goes on to the same bits", {
  timeout: 300_000,
}, async () => {
  process.stdout.write(`kill points are drawn from the seed ${seed}\n`);
  const whole = makeFolder("whole");
  const { operations } = runChild(whole, "never");
  const inCheckpoints = operations.flatMap(({ action, path }, place) =>
    action === "write" && /\/state\/step-[1-9]\d*\.safetensors\.part$/.test(path) ? [place] : [],
  );
  const draws = uniforms(seed, "kill points", 10);
  const points = Array.from(draws, (draw, index) => {
    const from = index < 4 ? inCheckpoints : operations.map((_, place) => place);
    return from[Math.floor(draw * from.length)] ?? 0;
  });
  const expected = results(whole);
  for (const point of points) {
    const folder = makeFolder("killed");
    const { signal } = runChild(folder, String(point));
    const what = `seed ${seed}, killed before ${JSON.stringify(operations[point])}`;
    expect(signal, what).toBe("SIGKILL");
    expect(refusals(await resume(folder)), what).toEqual([]);
    expect(
      results(folder).map((bytes, file) => bytes === expected[file]),
      what,
    ).toEqual([true, true, true]);
    const left = readdirSync(folder, { recursive: true }).map(String);
    expect(
      left.filter((name) => name.endsWith(".part") || name.endsWith("lock")),
      what,
    ).toEqual([]);
    rmSync(folder, { recursive: true });
  }
});

test("two runs in one folder at once: the second is refused, and takes over when the first has died", async () => {
  const folder = makeFolder("two");
  const first = spawn(process.execPath, ["--import", "tsx", child, folder, "never"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => first.once("close", resolve));
  try {
    await new Promise<void>((resolve) => {
      first.stdout.on("data", (text: Buffer) => {
        if (!text.toString().includes('"stage-start"')) return;
        first.kill("SIGSTOP");
        resolve();
      });
    });
    const [refusal] = refusals(await resume(folder));
    expect(refusal).toMatchObject({
      code: "LV0901",
      message: expect.stringMatching(
        new RegExp(`^process ${first.pid} runs in this folder since \\d{4}-\\d\\d-\\d\\dT`),
      ),
    });
  } finally {
    first.kill("SIGKILL");
    await ended;
  }
  const lock = readdirSync(folder, { recursive: true })
    .map(String)
    .find((name) => name.endsWith("lock"));
  expect(lock).toBeDefined();
  expect(refusals(await resume(folder))).toEqual([]);
  expect(existsSync(join(folder, lock ?? ""))).toBe(false);
});

const strangers: readonly (readonly [string, object | string, boolean])[] = [
  ["a number that another process has now", { pid: process.pid, begun: "1" }, true],
  ["half a lock", '{"pid": 1', true],
  ["a process of another machine", { pid: 1, host: "elsewhere.example" }, false],
];

test.each(strangers)("a lock of %s", async (_, holder, taken) => {
  const folder = makeFolder("lock");
  await resume(folder);
  const runs = join(folder, "runs", "table");
  const base = join(runs, readdirSync(runs).find((name) => name.startsWith("base-")) ?? "");
  rmSync(join(base, "model.safetensors"));
  const { hostname } = await import("node:os");
  const whole = { begun: "1", host: hostname(), since: "2026-01-01T00:00:00.000Z" };
  const text = typeof holder === "string" ? holder : JSON.stringify({ ...whole, ...holder });
  writeFileSync(join(base, "lock"), text);
  const told = refusals(await resume(folder));
  if (taken) expect(told).toEqual([]);
  else
    expect(told).toMatchObject([
      { code: "LV0901", help: expect.stringContaining("delete the file `lock`") },
    ]);
});
