import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { invariant } from "../../../program/invariant.ts";
import { uniforms } from "../../../program/random.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const text = readFileSync(here("../../../recipes/data/shakespeare.txt"), "utf8").slice(0, 30_000);

/** So many times a run is killed, the first of them inside the writing of a checkpoint. */
const kills = 10;
const killsInCheckpoints = 4;

/** What a run has left in its folder, everything but times. */
interface Left {
  readonly losses: readonly string[];
  readonly files: readonly string[];
}

/**
 * Kills one run ten times, each time where it went on, and compares what it ends with to a run that
 * nothing happened to. Set LEVAIN_SEED to draw the same points again.
 */
export function killAndResume(target: "cpu" | "webgpu"): void {
  const seed = Number(process.env["LEVAIN_SEED"] ?? Date.now() % 1_000_000);
  process.stdout.write(`kill points on ${target} are drawn from the seed ${seed}\n`);
  const whole = makeFolder();
  const killed = makeFolder();
  try {
    runChild(whole, target, "never", 0);
    const draws = uniforms(seed, `kill ${target}`, kills);
    for (const [index, draw] of draws.entries()) {
      const [kind, most] =
        index < killsInCheckpoints ? (["checkpoint", 30] as const) : (["any", 60] as const);
      const count = 1 + Math.floor(draw * most);
      const what = `seed ${seed}, killed at operation ${count} (${kind})`;
      expect(runChild(killed, target, kind, count).signal, what).toBe("SIGKILL");
    }
    const { stdout } = runChild(killed, target, "never", 0);
    expect(stdout, `seed ${seed}`).toMatch(/"from_step":\d/);
    expect(stdout, `seed ${seed}`).toContain('"event":"done"');
    expect(leftIn(killed), `seed ${seed}`).toEqual(leftIn(whole));
  } finally {
    for (const folder of [whole, killed]) rmSync(folder, { recursive: true, force: true });
  }
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "levain-recipe-"));
  copyFileSync(here("tiny.recipe"), join(folder, "tiny.recipe"));
  writeFileSync(join(folder, "plays.txt"), text);
  return folder;
}

function runChild(folder: string, target: string, kind: string, count: number) {
  const program = ["--import", "tsx", here("child.ts"), folder, target, kind, String(count)];
  const child = spawnSync(process.execPath, program, { encoding: "utf8", maxBuffer: 2 ** 26 });
  const { signal, status, stderr, stdout } = child;
  expect(signal === "SIGKILL" || status === 0, stderr).toBe(true);
  expect(stdout).not.toContain('"refused"');
  return { signal, stdout };
}

function leftIn(folder: string): Left {
  const runs = join(folder, "runs", "tiny");
  const [base] = readdirSync(runs);
  invariant(base !== undefined, "the stage has a folder");
  const metrics = readFileSync(join(runs, base, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n");
  return {
    losses: metrics.map((line) => {
      const { step, loss, gradient_norm } = JSON.parse(line);
      return `${step} ${loss} ${gradient_norm}`;
    }),
    files: ["model.safetensors", "state/step-40.safetensors"].map((name) =>
      readFileSync(join(runs, base, name)).toString("base64"),
    ),
  };
}
