import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { inFolder, levain } from "./levain.ts";

const small = `use std/models { Qwen2 }
use std/objectives { next_token }
use std/optimizers { adamw, linear }
use std/metrics { bits_per_byte }

input duration: Extent = 4 steps
input width: Int = 16

data lines = text("data/lines.txt") |> split(held_out: 20%)
let words = tokenizer.bpe(lines.train, size: 260)

stage base = train(Qwen2(vocab: words.size, width: width, depth: 1, kv_heads: 1, group: 1, head: 8, ffn: width)) {
  data:      lines.train |> tokenize(words) |> chunks(16 tokens)
  objective: next_token
  optimizer: adamw(learning_rate: linear(peak: 1e-2))
  batch:     2 sequences
  duration:  duration
  every 2 steps {
    metrics: bits_per_byte(lines.held_out |> tokenize(words) |> chunks(16 tokens))
    sample:  { prompt: "the", max_tokens: 8 }
  }
}

stage release = export(base, to: "out/small")
`;

async function withRecipe<T>(work: (folder: string) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    await mkdir(join(folder, "data"));
    const lines = Array.from({ length: 200 }, (_, line) => `the line ${line} of a small text\n`);
    await writeFile(join(folder, "data", "lines.txt"), lines.join(""));
    await writeFile(join(folder, "small.recipe"), small);
    return work(folder);
  });
}

type Event = Readonly<Record<string, unknown>> & { readonly event: string };

function events(out: string): readonly Event[] {
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
}

describe("plan", () => {
  test("--json has the form that scripts rely on", () =>
    withRecipe(async (folder) => {
      const words = ["plan", "small.recipe", "--target", "cpu", "--json"];
      const { code, out, err } = await levain(words, { in: folder });
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const { stages } = JSON.parse(out) as { stages: readonly Record<string, unknown>[] };
      for (const stage of stages) {
        expect(Object.keys(stage)).toEqual([
          "name",
          "key",
          "cached",
          "parameters",
          "trainable",
          "flops",
          "tokens",
          "steps",
          "peak_bytes",
        ]);
      }
      const [base, release] = stages;
      expect(base).toMatchObject({ name: "base", cached: false, steps: 4, tokens: 4 * 2 * 16 });
      expect(base?.["peak_bytes"]).toBeGreaterThan(0);
      expect(release).toMatchObject({ name: "release", cached: false, steps: 0 });
      expect((await readdir(folder)).sort()).toEqual(["data", "small.recipe"]);
    }));

  test("draws the learning rate and names the inputs", () =>
    withRecipe(async (folder) => {
      const words = ["plan", "small.recipe", "--target", "cpu", "--set", "duration=8 steps"];
      const { code, out } = await levain(words, { in: folder });
      expect(code).toBe(0);
      expect(out).toContain("input duration = 8 steps");
      expect(out).toContain("base: learning rate, at most 0.01 at step 1");
      expect(out).toContain("│█");
    }));
});

describe("run", () => {
  test("--json is one event a line; what is done is not run again; sample writes", () =>
    withRecipe(async (folder) => {
      const words = ["run", "small.recipe", "--target", "cpu", "--json"];
      const { code, out, err } = await levain(words, { in: folder });
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const told = events(out);
      const steps = told.filter(({ event }) => event === "step");
      expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
      for (const step of steps) {
        expect(step).toMatchObject({ stage: "base", loss: expect.any(Number) });
        expect(step["learning_rate"]).toBeTypeOf("number");
        expect(step["tokens_per_second"]).toBeTypeOf("number");
      }
      const measures = told.filter(({ event }) => event === "measure");
      expect(measures.map(({ step, name }) => `${step} ${name}`)).toEqual([
        "2 bits_per_byte",
        "4 bits_per_byte",
      ]);
      expect(told.filter(({ event }) => event === "sample")).toHaveLength(2);
      const done = told.filter(({ event }) => event === "done");
      expect(done.map(({ stage }) => stage)).toEqual(["base", "release"]);

      const again = events((await levain(words, { in: folder })).out);
      expect(again.map(({ event, stage }) => `${event} ${stage}`)).toEqual([
        "cached base",
        "cached release",
      ]);

      const base = String(done[0]?.["folder"]);
      const sample = ["sample", base, "--target", "cpu", "--prompt", "the", "--tokens", "5"];
      const greedy = await levain([...sample, "--greedy", "--json"], { in: folder });
      expect(greedy.code).toBe(0);
      const answer = JSON.parse(greedy.out);
      expect(Object.keys(answer)).toEqual(["text", "tokens", "stopped_by"]);
      expect(answer.tokens).toHaveLength(5);
      expect(answer.stopped_by).toBe("length");
      const text = await levain([...sample, "--greedy"], { in: folder });
      expect(text.out).toBe(`the${answer.text}\n`);
      const seeded = [...sample, "--temperature", "2", "--json", "--seed"];
      const [one, same, other] = await Promise.all(
        ["1", "1", "2"].map((seed) => levain([...seeded, seed], { in: folder })),
      );
      expect(one?.out).toBe(same?.out);
      expect(one?.out).not.toBe(other?.out);
    }));

  test("without a terminal every event is a line, and nothing moves the cursor", () =>
    withRecipe(async (folder) => {
      const words = ["run", "small.recipe", "--target", "cpu", "--set", "duration=2 steps"];
      const { code, out, err } = await levain(words, { in: folder });
      expect({ code, out }).toEqual({ code: 0, out: "" });
      expect(err).not.toContain("\u001b");
      expect(err).toMatch(/^base {2}2\/2 {2}loss \d\.\d+ {2}rate \S+ {2}\S+ tokens\/s/m);
      expect(err).toMatch(/^base {2}done: runs\/small\/base-[0-9a-f]+$/m);
    }));

  test("a wrong recipe is refused with code 1, before anything is written", () =>
    withRecipe(async (folder) => {
      await writeFile(
        join(folder, "small.recipe"),
        small.replace("next_token\n  opt", "next\n  opt"),
      );
      const { code, out } = await levain(["run", "small.recipe", "--json"], { in: folder });
      expect(code).toBe(1);
      expect(JSON.parse(out).diagnostics[0].code).toBe("LV0201");
      expect(await readdir(folder)).not.toContain("runs");
    }));

  test("a step that cannot fit is refused with the number and the phase, before anything is made", () =>
    withRecipe(async (folder) => {
      const words = ["run", "small.recipe", "--target", "cpu", "--json", "--set", "width=200000"];
      const { code, out } = await levain(words, { in: folder });
      expect(code).toBe(3);
      const [first] = JSON.parse(out).diagnostics;
      expect(first.code).toBe("LV0808");
      expect(first.message).toMatch(/found [\d.]+ (G|T)iB in the phase `training`/);
      expect(await readdir(folder)).not.toContain("runs");
    }));

  test("--only and --set with names that are not there are usage errors", () =>
    withRecipe(async (folder) => {
      const only = await levain(["run", "small.recipe", "--target", "cpu", "--only", "bas"], {
        in: folder,
      });
      expect(only.code).toBe(2);
      const set = await levain(["run", "small.recipe", "--set", "widt=8"], { in: folder });
      expect(set.code).toBe(2);
      expect(set.err).toContain("did you mean `width`?");
    }));

  test("Ctrl-C saves and stops with 130; the same command goes on from there", () =>
    withRecipe(async (folder) => {
      const words = [
        "run",
        "small.recipe",
        "--target",
        "cpu",
        "--json",
        "--set",
        "duration=5000 steps",
      ];
      const code = await interruptedAfterStep(folder, words, 3);
      expect(code.exit).toBe(130);
      const last = code.events.at(-1);
      expect(last?.event).toBe("interrupted");
      const at = Number(last?.["step"]);
      const short = words.map((word) => word);
      const resumed = await interruptedAfterStep(folder, short, at + 2);
      const first = resumed.events.find(({ event }) => event === "stage-start");
      expect(first?.["from_step"]).toBe(at);
    }));
});

/** Runs until a step, then sends the signal of Ctrl-C. */
function interruptedAfterStep(
  folder: string,
  words: readonly string[],
  step: number,
): Promise<{ readonly exit: number | null; readonly events: readonly Event[] }> {
  const child = spawn(process.execPath, [resolve("dist/levain.js"), ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", openSync(join(folder, "stderr.txt"), "w")],
  });
  let out = "";
  let sent = false;
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
    if (!sent && out.includes(`"step":${step},`)) {
      sent = true;
      child.kill("SIGINT");
    }
  });
  return new Promise((answer) => {
    child.on("close", (exit) => answer({ exit, events: events(out) }));
  });
}

describe("sample", () => {
  test("of a folder that is no run is the machine's fault, in words", () =>
    inFolder(async (folder) => {
      const { code, err } = await levain(["sample", "."], { in: folder });
      expect(code).toBe(3);
      expect(err).toMatch(/^error\[LV0913\]: /);
    }));
});

describe("emit", () => {
  test("prints every form", () =>
    withRecipe(async (folder) => {
      const shown = async (form: string) =>
        (await levain(["emit", "small.recipe", "--as", form, "--json"], { in: folder })).out;
      for (const form of ["tree", "typed", "stages", "graph", "ordered", "kernels", "wgsl"]) {
        const { form: named, text } = JSON.parse(await shown(form));
        expect(named).toBe(form);
        expect(text.length, form).toBeGreaterThan(200);
      }
      expect(JSON.parse(await shown("onnx")).base64.length).toBeGreaterThan(200);
    }));

  test("of another program of a stage, and after a pass", () =>
    withRecipe(async (folder) => {
      const words = ["emit", "small.recipe", "--as", "graph"];
      const decoder = await levain([...words, "--stage", "base.sample"], { in: folder });
      expect(decoder.out).toContain("cache:");
      const early = await levain([...words, "--after", "sizes"], { in: folder });
      const late = await levain(words, { in: folder });
      expect(early.out.length).toBeGreaterThan(late.out.length);
      const wrong = await levain([...words, "--after", "nothing"], { in: folder });
      expect(wrong.code).toBe(2);
      const other = await levain([...words, "--stage", "bas"], { in: folder });
      expect(other.err).toContain("there are base");
    }));
});

describe("doctor", () => {
  test("says which target a run would choose, and why", async () => {
    const { code, out } = await levain(["doctor"]);
    expect(code).toBe(0);
    expect(out).toMatch(/A run would use (cpu|webgpu): .+\.\n$/);
    const json = JSON.parse((await levain(["doctor", "--json"])).out);
    expect(json.findings.map(({ what }: { what: string }) => what)).toContain("ONNX Runtime");
    expect(["cpu", "webgpu"]).toContain(json.target);
  });
});

describe("explain --setting", () => {
  test.each([
    ["base.optimizer.beta1", "0.9", "default"],
    ["base.batch", "2 sequences", "recipe"],
    ["base.duration", "4 steps", "input"],
    ["base.data.length", "16 tokens", "recipe"],
    ["base.optimizer.learning_rate.peak", "1e-2", "recipe"],
  ])("%s is %s, by its %s", (path, value, origin) =>
    withRecipe(async (folder) => {
      const words = ["explain", "small.recipe", "--setting", path, "--json"];
      const { code, out } = await levain(words, { in: folder });
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ setting: path, value, origin });
    }),
  );

  test("that is not there names those that are near", () =>
    withRecipe(async (folder) => {
      const words = ["explain", "small.recipe", "--setting", "base.optimizer.beta"];
      const { code, err } = await levain(words, { in: folder });
      expect(code).toBe(2);
      expect(err).toContain("`adamw` has no such setting; did you mean `beta1`?");
    }));
});

describe("check", () => {
  test("loads neither a device nor the encoder of ONNX graphs", () =>
    inFolder(async (folder) => {
      const coverage = join(folder, "coverage");
      const recipe = resolve("recipes/quickstart.recipe");
      const env = { NODE_V8_COVERAGE: coverage };
      expect((await levain(["check", recipe], { in: folder, env })).code).toBe(0);
      const loaded: string[] = [];
      for (const name of await readdir(coverage)) {
        const { result } = JSON.parse(await readFile(join(coverage, name), "utf8"));
        for (const { url } of result as { url: string }[]) loaded.push(url);
      }
      expect(loaded.some((url) => url.includes("/dist/levain.js"))).toBe(true);
      expect(loaded.filter((url) => /node_modules/.test(url))).toEqual([]);
      const chunks = loaded.filter((url) => url.includes("/dist/"));
      const texts = await Promise.all(chunks.map((url) => readFile(new URL(url), "utf8")));
      expect(texts.filter((text) => text.includes("protobuf"))).toEqual([]);
    }));
});
