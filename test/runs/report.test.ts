import { expect, test } from "vitest";
import { memoryDisk } from "../weights/memory-disk.ts";
import { openDevice, runTable } from "./table-run.ts";

const device = openDevice();

async function report(): Promise<string> {
  const disk = memoryDisk();
  await runTable({ device: device(), disk });
  const path = [...disk.files.keys()].find((name) => name.endsWith("report.html"));
  return new TextDecoder().decode(disk.files.get(path ?? ""));
}

test("a report needs nothing but itself, and shows curves, samples and settings", async () => {
  const page = await report();
  expect(page).not.toMatch(/(?:src|href)\s*=|@import|url\(|<link/);
  const data = /<script type="application\/json" id="charts">([^<]*)<\/script>/.exec(page)?.[1];
  const charts = JSON.parse(data ?? "") as readonly {
    readonly title: string;
    readonly steps: readonly number[];
    readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
  }[];
  expect(
    charts.map(({ title, steps, lines }) => [title, steps.length, lines.map(({ name }) => name)]),
  ).toEqual([
    ["bits per byte", 3, ["bits_per_byte", "bits_per_byte_unigram", "bits_per_byte_bigram"]],
    ["Loss", 30, ["loss"]],
    ["Learning rate", 30, ["learning_rate"]],
    ["Norm of the gradient", 30, ["gradient_norm"]],
    ["Tokens per second", 30, ["tokens_per_second"]],
  ]);
  for (const { steps, lines } of charts) {
    for (const { values } of lines) {
      expect(values.length).toBe(steps.length);
      expect(values.every(Number.isFinite)).toBe(true);
    }
  }
  expect(page.match(/<h3>Step \d+<\/h3>/g)).toEqual([
    "<h3>Step 30</h3>",
    "<h3>Step 20</h3>",
    "<h3>Step 10</h3>",
  ]);
  expect(page).toContain("<th>batch_rows</th><td>8</td>");
  expect(page).toContain("<th>program.optimisation</th>");
});
