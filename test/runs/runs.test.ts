import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { invariant } from "../../program/invariant.ts";
import type { ScalarExpression } from "../../program/scalar-expression.ts";
import { openRun } from "../../runtime/runs/open.ts";
import { stageStatus } from "../../runtime/runs/status.ts";
import type { NotFiniteStep } from "../../runtime/stages/context.ts";
import { openGenerator } from "../../runtime/stages/generate.ts";
import { metricNames } from "../../runtime/stages/metrics/table.ts";
import { stageKindNames } from "../../runtime/stages/run.ts";
import { memoryHost } from "../data/memory.ts";
import { memoryDisk } from "../weights/memory-disk.ts";
import { tableCompiler, tableModel } from "./table-compiler.ts";
import { learningRate, tableRecipe, vocabulary } from "./table-recipe.ts";
import {
  exportFolder,
  lastStep,
  openDevice,
  plays,
  refusals,
  runsFolder,
  runTable,
  stopAfter,
} from "./table-run.ts";

const device = openDevice();

type MemoryDisk = ReturnType<typeof memoryDisk>;

/** The folder of the training stage. */
function baseFolder(disk: MemoryDisk): string {
  const manifest = [...disk.files.keys()].find((path) => /\/base-\w+\/manifest\.json$/.test(path));
  invariant(manifest !== undefined, "the training stage has a manifest");
  return dirname(manifest);
}

function textOf(disk: MemoryDisk, path: string): string {
  return new TextDecoder().decode(disk.files.get(path));
}

/** Every file by its hash. */
function contents(disk: MemoryDisk): object {
  return Object.fromEntries([...disk.files].map(([path, bytes]) => [path, hash(bytes)]));
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What a run computed: everything but times. */
function resultOf(disk: MemoryDisk): object {
  const folder = baseFolder(disk);
  const metrics = textOf(disk, `${folder}/metrics.jsonl`)
    .trim()
    .split("\n")
    .map((line) => ({ ...JSON.parse(line), tokens_per_second: 0 }));
  const names = ["model.safetensors", "state/step-30.safetensors", "tokenizer.json"];
  const files = names.map((name) => hash(disk.files.get(`${folder}/${name}`) ?? new Uint8Array()));
  return { metrics, files };
}

test("a run trains, measures, samples, saves and exports; the second time it is there", async () => {
  const disk = memoryDisk();
  const events = await runTable({ device: device(), disk });
  const named = (name: string) => events.filter(({ event }) => event === name);
  expect(named("step").map((event) => "step" in event && event.step)).toEqual(
    Array.from({ length: 30 }, (_, index) => index + 1),
  );
  expect(named("measure").length).toBe(9);
  expect(named("sample").length).toBe(3);
  expect(named("checkpoint").map((event) => "step" in event && event.step)).toEqual([
    7, 14, 21, 28, 30,
  ]);
  expect(named("done").length).toBe(2);

  const folder = baseFolder(disk);
  const inside = [...disk.files.keys()].filter((path) => path.startsWith(folder));
  expect(inside.map((path) => path.slice(folder.length + 1)).sort()).toEqual([
    "README.md",
    "config.json",
    "events.out.tfevents.levain",
    "generation_config.json",
    "manifest.json",
    "metrics.jsonl",
    "model.safetensors",
    "recipe/std/prelude.recipe",
    "recipe/table.recipe",
    "report.html",
    "state/step-30.json",
    "state/step-30.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
  ]);
  const manifest = JSON.parse(textOf(disk, `${folder}/manifest.json`));
  expect(manifest).toMatchObject({
    stage: "base",
    finished: true,
    recipe: { entry: "table.recipe", inputs: { duration: "30 steps" } },
    decides: { levain: "0.1.0", target: "cpu", threads: 1, processor: "test" },
    settings: { seed: 1, batch_rows: 8, micro_batch_rows: 4, duration: "30 steps" },
  });
  expect(Object.keys(manifest.inputs)).toEqual(["plays.txt"]);
  const exported = disk.files.get(`${exportFolder}/model.safetensors`) ?? new Uint8Array();
  expect(manifest.results["model.safetensors"].sha256).toBe(hash(exported));

  const before = contents(disk);
  const again = await runTable({ device: device(), disk });
  expect(again).toEqual([
    { event: "cached", stage: "base", folder },
    { event: "cached", stage: "release", folder: exportFolder },
  ]);
  expect(contents(disk)).toEqual(before);
});

test("training learns more than counts of single tokens", async () => {
  const disk = memoryDisk();
  const events = await runTable({
    device: device(),
    disk,
    change: { duration: { unit: "epochs", amount: 1 } },
  });
  const value = (name: string): number | undefined =>
    events
      .flatMap((event) => (event.event === "measure" && event.name === name ? [event.value] : []))
      .at(-1);
  expect(value("bits_per_byte")).toBeLessThan(value("bits_per_byte_unigram") ?? 0);
  expect(value("bits_per_byte_bigram")).toBeLessThan(value("bits_per_byte_unigram") ?? 0);
});

test("two runs are equal to the bit", async () => {
  const results = [];
  for (let run = 0; run < 2; run += 1) {
    const disk = memoryDisk();
    await runTable({ device: device(), disk });
    results.push(resultOf(disk));
  }
  expect(results[0]).toEqual(results[1]);
});

test("a run that was stopped, at any step, goes on to the same bits", async () => {
  const whole = memoryDisk();
  await runTable({ device: device(), disk: whole });
  const disk = memoryDisk();
  for (const step of [1, 5, 10, 11, 29]) {
    const stopped = await stopAfter(step, { device: device(), disk });
    expect(stopped.at(-1)).toEqual({ event: "interrupted", stage: "base", step });
    expect(
      await stageStatus(tableRecipe("/plays.txt", exportFolder), {
        host: memoryHost({}),
        recipe: "/table.recipe",
        runsFolder,
        disk,
      }),
    ).toMatchObject({
      ok: true,
      value: [{ stage: "base", cached: false, step }, { cached: false }],
    });
  }
  const events = await runTable({ device: device(), disk });
  expect(events[0]).toMatchObject({ event: "stage-start", from_step: 29, steps: 30 });
  expect(resultOf(disk)).toEqual(resultOf(whole));
});

test("a resume on other ground is refused unless it is asked for", async () => {
  const disk = memoryDisk();
  await stopAfter(9, { device: device(), disk });
  const other = new Proxy(device(), {
    get: (target, name) =>
      name === "facts"
        ? { ...target.facts, threads: 2 }
        : (Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name)),
  });
  const refused = await runTable({ device: other, disk });
  expect(refusals(refused)).toMatchObject([
    {
      code: "LV0905",
      message: "the run was begun with other facts that decide its bits: threads was 1 and is 2",
    },
  ]);
  const allowed = await runTable({ device: other, disk, options: { anyMachine: true } });
  expect(lastStep(allowed)).toBe(30);
});

test("a resume with other data is refused", async () => {
  const disk = memoryDisk();
  await stopAfter(9, { device: device(), disk });
  const refused = await runTable({ device: device(), disk, text: `${plays}more\n` });
  expect(refusals(refused)).toMatchObject([
    {
      code: "LV0907",
      message: "`plays.txt` is not the file that the stage `base` was begun with",
    },
  ]);
});

const damages: readonly (readonly [
  string,
  string,
  (bytes: Uint8Array) => Uint8Array | undefined,
  RegExp,
])[] = [
  ["a byte of the tensors", "state/step-14.safetensors", flip(0.9), /not have the checksum/],
  ["a byte of the header", "state/step-14.safetensors", flip(0.0001), /not have the checksum/],
  ["the end", "state/step-14.safetensors", (bytes) => bytes.subarray(0, -1), /bytes were written/],
  [
    "a byte too many",
    "state/step-14.safetensors",
    (bytes) => Buffer.concat([bytes, bytes.subarray(0, 1)]),
    /bytes were written/,
  ],
  ["the tensors", "state/step-14.safetensors", () => undefined, /its tensors are missing/],
  [
    "the step",
    "state/step-14.json",
    (bytes) => Buffer.from(Buffer.from(bytes).toString().replace('"step": 14', '"step": 13')),
    /its description does not have/,
  ],
  [
    "half of the description",
    "state/step-14.json",
    (bytes) => bytes.subarray(0, bytes.length / 2),
    /its description does not have/,
  ],
];

function flip(share: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const copy = Uint8Array.from(bytes);
    const place = Math.floor(share * bytes.length);
    copy[place] = (copy[place] ?? 0) ^ 1;
    return copy;
  };
}

test.each(damages)(
  "a checkpoint that lost %s is refused, and the one before it goes on",
  async (_, name, damage, problem) => {
    const whole = memoryDisk();
    await runTable({ device: device(), disk: whole });
    const disk = memoryDisk();
    await stopAfter(14, { device: device(), disk });
    const path = `${baseFolder(disk)}/${name}`;
    const damaged = damage(disk.files.get(path) ?? new Uint8Array());
    if (damaged === undefined) disk.files.delete(path);
    else disk.files.set(path, damaged);
    const before = contents(disk);

    const refused = refusals(await runTable({ device: device(), disk }));
    expect(refused).toMatchObject([
      { code: "LV0904", help: "delete `state/step-14.json` to go on from step 7" },
    ]);
    expect(refused[0]?.message).toMatch(problem);
    expect(contents(disk)).toEqual(before);

    await disk.remove(`${baseFolder(disk)}/state/step-14.json`);
    const events = await runTable({ device: device(), disk });
    expect(events[0]).toMatchObject({ event: "stage-start", from_step: 7 });
    expect(resultOf(disk)).toEqual(resultOf(whole));
  },
);

test("a result that is damaged is made again from the last state", async () => {
  const disk = memoryDisk();
  await runTable({ device: device(), disk });
  const path = `${baseFolder(disk)}/model.safetensors`;
  const good = disk.files.get(path) ?? new Uint8Array();
  disk.files.set(path, flip(0.5)(good));
  const events = await runTable({ device: device(), disk });
  expect(events[1]).toMatchObject({ event: "stage-start", from_step: 30 });
  expect(hash(disk.files.get(path) ?? new Uint8Array())).toBe(hash(good));
});

test("a loss that is no number stops the run; the last good checkpoint stays", async () => {
  const disk = memoryDisk();
  const asked: NotFiniteStep[] = [];
  const events = await runTable({
    device: device(),
    disk,
    spoilt: 12,
    options: {
      diagnoseNonFinite: async (step) => {
        asked.push(step);
        return "`multiply` in the objective";
      },
    },
  });
  expect(lastStep(events)).toBe(12);
  expect(refusals(events)).toMatchObject([
    {
      code: "LV0906",
      message: "the loss of step 13 is NaN, first produced by `multiply` in the objective",
      help: expect.stringContaining("the checkpoint of step 7 is kept"),
      place: { file: "table.recipe" },
    },
  ]);
  expect(asked[0]?.variables).toMatchObject({ step: 12, length: 30 });
  // The states are those before the step: stopping there by hand saves the same.
  const stopped = memoryDisk();
  await stopAfter(12, { device: device(), disk: stopped });
  const run = await openRun(baseFolder(stopped), stopped);
  invariant(run.ok, "a stopped run can be opened");
  const store = device().openStore();
  expect(await run.value.load(tableModel(vocabulary), store)).toEqual({
    ok: true,
    value: { step: 12 },
  });
  expect(asked[0]?.states.get("parameter:table")).toEqual(await store.read("parameter:table"));
});

test("weights that are no numbers are never saved, though the loss still was one", async () => {
  const variable = { kind: "variable", name: "step" } as const;
  const number = (value: number) => ({ kind: "number", value }) as const;
  const spoilt: ScalarExpression = {
    kind: "call",
    function: "select",
    arguments: [
      { kind: "call", function: "equal", arguments: [variable, number(13)] },
      number(Number.POSITIVE_INFINITY),
      learningRate,
    ],
  };
  const disk = memoryDisk();
  const compiler = tableCompiler(vocabulary, spoilt);
  const events = await runTable({ device: device(), disk, options: { compiler } });
  expect(lastStep(events)).toBe(14);
  expect(refusals(events)).toMatchObject([
    {
      code: "LV0906",
      message: expect.stringMatching(
        /^the state `parameter:table` of step 14 is -?(Infinity|NaN)$/,
      ),
      help: expect.stringContaining("the checkpoint of step 7 is kept"),
    },
  ]);
});

test("a finished run can be sampled; greedy and seeded text repeat, seeds differ", async () => {
  const disk = memoryDisk();
  const events = await runTable({ device: device(), disk });
  const run = await openRun(baseFolder(disk), disk);
  invariant(run.ok, "the run can be opened");
  expect(run.value.recipe).toBe(`${baseFolder(disk)}/recipe/table.recipe`);
  const store = device().openStore();
  await run.value.load(tableModel(vocabulary), store);
  const generator = await openGenerator({
    device: device(),
    compiler: tableCompiler(vocabulary, learningRate),
    stage: "base",
    function: "draw",
    store,
    tokenizer: run.value.tokenizer,
    maximum: 120,
  });
  const place = { file: "table.recipe" };
  const say = (prompt: string, temperature: number, seed: number) =>
    generator.generate({ prompt, maxTokens: 20, temperature, seed, place });
  const first = await say("The ", 0.8, 3);
  expect(first.tokens.length).toBe(20);
  // What the run itself sampled after its last step.
  const sampled = events.flatMap((event) => (event.event === "sample" ? [event.text] : []));
  expect(first.text).toBe(sampled.at(-1));
  expect(await say("The ", 0.8, 3)).toEqual(first);
  expect(await say("The ", 0.8, 4)).not.toEqual(first);
  expect(await say("The ", 0, 3)).toEqual(await say("The ", 0, 4));
  // Longer than one chunk.
  expect(
    (await say("The king and the queen are here tonight, and so is the lord. The ", 0, 0)).text,
  ).toBe((await say("The ", 0, 0)).text);
  expect(await store.read("cache:position")).toEqual(
    Int32Array.of(run.value.tokenizer.encode("The ").length + 19),
  );
  const heard: string[] = [];
  await generator.generate({
    prompt: "The ",
    maxTokens: 20,
    temperature: 0.8,
    seed: 3,
    place,
    onText: (text) => heard.push(text),
  });
  expect(heard.join("")).toBe(first.text);
  await expect(say("", 1, 0)).rejects.toMatchObject({ diagnostics: [{ code: "LV0916" }] });
  await expect(say("The ".repeat(100), 1, 0)).rejects.toMatchObject({
    diagnostics: [{ code: "LV0915" }],
  });
  await generator.close();
  expect(store.names).toEqual(["parameter:table"]);
});

const refused: readonly {
  readonly what: string;
  readonly run: Partial<Parameters<typeof runTable>[0]>;
  readonly expected: object;
}[] = [
  {
    what: "a batch larger than the data",
    run: { change: { batchRows: 100_000, microBatchRows: 100_000 } },
    expected: { code: "LV0911", place: { file: "table.recipe" } },
  },
  {
    what: "a model with another vocabulary",
    run: { change: { model: tableModel(301) } },
    expected: {
      code: "LV0914",
      message: "the tokenizer has 300 tokens, the model's vocabulary 301",
    },
  },
  {
    what: "a stage that is not there",
    run: { options: { only: "bas" } },
    expected: { code: "LV0912", help: "the stages are `base`, `release`" },
  },
  {
    what: "a stage whose input was not run",
    run: { options: { only: "release" } },
    expected: {
      code: "LV0909",
      message: "`release` reads the result of `base`, which is not finished",
    },
  },
];

test.each(refused)("$what is refused before anything is written", async ({ run, expected }) => {
  const disk = memoryDisk();
  const events = await runTable({ device: device(), disk, ...run });
  expect(refusals(events)).toMatchObject([expected]);
  expect([...disk.files.keys()]).toEqual([]);
});

test("an export does not mix with other files", async () => {
  const disk = memoryDisk(new Map([[`${exportFolder}/notes.txt`, Uint8Array.of(65)]]));
  const events = await runTable({ device: device(), disk });
  expect(refusals(events)).toMatchObject([
    { code: "LV0908", message: "`/out` holds `notes.txt`, which no export wrote" },
  ]);
  expect(lastStep(events)).toBeUndefined();
});

test("the library names the rows of the tables, all of them", async () => {
  const { readFileSync, readdirSync } = await import("node:fs");
  const library = readdirSync("recipes/std")
    .map((name) => readFileSync(`recipes/std/${name}`, "utf8"))
    .join("\n");
  const named = (kind: string): readonly string[] =>
    Array.from(
      library.matchAll(new RegExp(`= ${kind} "([a-z_]+)"`, "g")),
      ([, name]) => name ?? "",
    );
  expect([...stageKindNames].sort()).toEqual([...named("stage")].sort());
  expect([...metricNames].sort()).toEqual([...named("metric")].sort());
});
