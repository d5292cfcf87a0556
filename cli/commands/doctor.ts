import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { promisify } from "node:util";
import { type DeviceSurvey, surveyDevices } from "../../runtime/device/choose.ts";
import { type ExitCode, exit } from "../exit.ts";
import { bytes } from "../terminal/amount.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { pad } from "../terminal/width.ts";
import { version } from "../version.ts";

/** One thing that was looked at. */
interface Finding {
  readonly what: string;
  /** `missing` costs something, `bad` means that no run can work. */
  readonly state: "good" | "missing" | "bad";
  readonly text: string;
  /** What to do about it. */
  readonly remedy: string | undefined;
}

/** Says what this machine offers, which target a run would choose and why, and what is missing. */
export async function doctor(
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const survey = await surveyDevices();
  const findings = [
    nodeFinding(),
    await npmFinding(),
    machineFinding(),
    await diskFinding(),
    onnxFinding(survey),
    ...adapterFindings(survey),
  ];
  const bad = findings.some(({ state }) => state === "bad");
  if (options.json === true) {
    const { chosen: target, why } = survey;
    terminal.result(
      JSON.stringify({ levain: version, target, why, findings, adapters: survey.adapters }),
    );
    return bad ? exit.machine : exit.done;
  }
  const { resultColours: colours } = terminal;
  const mark = {
    good: colours.green("✓"),
    missing: colours.yellow("–"),
    bad: colours.red("✗"),
  };
  const width = Math.max(...findings.map(({ what }) => what.length));
  for (const { what, state, text, remedy } of findings) {
    terminal.result(`${mark[state]} ${pad(what, width)}  ${text}`);
    if (remedy !== undefined)
      terminal.result(`${" ".repeat(width + 4)}${colours.dim("→")} ${remedy}`);
  }
  terminal.result("");
  terminal.result(`A run would use ${colours.bold(survey.chosen)}: ${survey.why}.`);
  return bad ? exit.machine : exit.done;
}

function nodeFinding(): Finding {
  const text = `${process.versions.node} (${process.platform}, ${process.arch})`;
  return { what: "Node", state: "good", text, remedy: undefined };
}

/** npm is needed to install and not to run, so that its absence is no fault. */
async function npmFinding(): Promise<Finding> {
  const windows = process.platform === "win32";
  const found = await promisify(execFile)(windows ? "npm.cmd" : "npm", ["--version"], {
    shell: windows,
  }).catch(() => undefined);
  return {
    what: "npm",
    state: found === undefined ? "missing" : "good",
    text: found === undefined ? "not found" : found.stdout.trim(),
    remedy: undefined,
  };
}

function machineFinding(): Finding {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  return {
    what: "machine",
    state: "good",
    text: `${model}, ${availableParallelism()} threads, ${bytes(totalmem())} of memory, ${bytes(freemem())} free`,
    remedy: undefined,
  };
}

async function diskFinding(): Promise<Finding> {
  const found = await statfs(".").catch(() => undefined);
  if (found === undefined) {
    const text = "the free space of this folder cannot be read";
    return { what: "disk", state: "missing", text, remedy: undefined };
  }
  const free = found.bavail * found.bsize;
  const little = free < 1024 ** 3;
  return {
    what: "disk",
    state: little ? "missing" : "good",
    text: `${bytes(free)} free in this folder`,
    remedy: little ? "free some: a run keeps its weights and checkpoints here" : undefined,
  };
}

function onnxFinding({ onnx }: DeviceSurvey): Finding {
  const what = "ONNX Runtime";
  const name = `${onnx.package ?? ""} ${onnx.version ?? ""}`.trim();
  const reinstall = "npm install --no-save onnxruntime-node (or npm ci again, with network)";
  switch (onnx.package) {
    case "onnxruntime-node":
      return { what, state: "good", text: name, remedy: undefined };
    case "onnxruntime-web":
      return {
        what,
        state: "missing",
        text: `${name}, because onnxruntime-node is missing: the same results, more slowly${because(onnx.problem)}`,
        remedy: reinstall,
      };
    case undefined:
      return { what, state: "bad", text: `none${because(onnx.problem)}`, remedy: "npm ci" };
  }
}

function because(problem: string | undefined): string {
  return problem === undefined ? "" : ` (${problem})`;
}

function adapterFindings({ adapters, problem }: DeviceSurvey): readonly Finding[] {
  if (adapters.length === 0) {
    return [
      {
        what: "WebGPU",
        state: "missing",
        text: `no adapter${because(problem)}`,
        remedy:
          process.platform === "linux"
            ? "install the Vulkan driver of your card (on Debian and Ubuntu: mesa-vulkan-drivers, 25 or newer)"
            : "update the driver of your graphics card",
      },
    ];
  }
  return adapters.map(({ description, software }) => ({
    what: "WebGPU",
    state: software ? "missing" : "good",
    text: software ? `${description}, in software: slower than the CPU target` : description,
    remedy: undefined,
  }));
}
