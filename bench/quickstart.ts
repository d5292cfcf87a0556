import { stageBudget } from "../compiler/budget/stage-budget.ts";
import { compileRequest } from "../compiler/compile.ts";
import { buildStep } from "../compiler/elaborate/build-step.ts";
import { profileOf } from "../compiler/kernels/profile.ts";
import { schedule } from "../compiler/kernels/schedule.ts";
import { layout } from "../compiler/layout/layout.ts";
import { paddedBytes } from "../compiler/targets/webgpu/bindings.ts";
import { entries } from "../runtime/device/device.ts";
import { thisMachine } from "../runtime/device/onnx/machine.ts";
import { openOnnxDevice } from "../runtime/device/onnx/open.ts";
import { openWebGpuDevice, type WebGpuDevice } from "../runtime/device/webgpu/open.ts";
import { busyNotes, levain, versions } from "./machine.ts";
import { peakMemory } from "./memory.ts";
import { openTorch, type TorchStep } from "./peers/torch.ts";
import { type CheckedStage, quickstartPath, quickstartRecipe, trainRequest } from "./recipe.ts";
import { type Bench, less, type Row } from "./report.ts";
import { interleave, type Times, type Turn, timed } from "./timing.ts";
import { openTraining } from "./training.ts";

const rounds = 15;
const warmUp = 3;
const mebibyte = 1024 * 1024;

/** A training step of the quickstart on both targets, beside PyTorch; kernels; memory. */
export const quickstart: Bench = {
  name: "quickstart",
  description: "the quickstart's step on both targets, its kernels, its buffers and its memory",
  async run(say) {
    const recipe = await quickstartRecipe();
    const notes: string[] = [];
    const machine = thisMachine();
    const cpu = await openOnnxDevice(machine);
    const webgpu = await openWebGpuDevice();
    if (webgpu === undefined) notes.push("no WebGPU adapter was found: its rows are absent");
    const torch = await openTorch({
      ...torchSettings(recipe),
      threads: machine.threads,
      device: "cpu",
    });
    if (typeof torch === "string") notes.push(`no peer: ${torch}`);
    else
      notes.push(`peer: PyTorch ${torch.version}, ${torch.device}, ${torch.parameters} parameters`);
    const peer = typeof torch === "string" ? undefined : torch;
    try {
      const buffers = webgpu === undefined ? [] : await bufferRows(recipe, webgpu);
      say(`${warmUp} steps to warm up, then ${rounds} of each, in turns`);
      const times = await stepTimes(recipe, cpu, webgpu, peer);
      say("50 steps of `levain run` for its memory");
      return {
        adapter: [cpu.description, webgpu?.description]
          .filter((one) => one !== undefined)
          .join("; "),
        versions: {
          ...versions("onnxruntime-node", "webgpu"),
          ...(peer === undefined ? {} : { torch: peer.version }),
        },
        rows: [
          ...timeRows("CPU target", times.cpu, times.torch),
          ...(times.webgpu === undefined
            ? []
            : timeRows("WebGPU target", times.webgpu, times.torch)),
          ...(webgpu === undefined ? [] : [kernelRow(recipe, webgpu)]),
          ...buffers,
          ...memoryRows(recipe),
        ],
        notes: [...notes, ...busyNotes()],
      };
    } finally {
      await peer?.close();
      await webgpu?.close();
      await cpu.close();
    }
  },
};

interface StepTimes {
  readonly cpu: Times;
  readonly webgpu: Times | undefined;
  readonly torch: Times | undefined;
}

/** Steps in turns: both targets read the same rows from the same initial state. */
async function stepTimes(
  recipe: CheckedStage,
  cpu: Awaited<ReturnType<typeof openOnnxDevice>>,
  webgpu: WebGpuDevice | undefined,
  torch: TorchStep | undefined,
): Promise<StepTimes> {
  const devices = [cpu, ...(webgpu === undefined ? [] : [webgpu])];
  const turns: Record<string, Turn> = {};
  const trainers = [];
  for (const device of devices) {
    const trainer = await openTraining(recipe, device);
    trainers.push(trainer);
    turns[device.target] = () => timed(() => trainer.step());
  }
  if (torch !== undefined) turns["torch"] = () => torch.step();
  const times = await interleave(turns, rounds, warmUp);
  for (const trainer of trainers) await trainer.close();
  const { cpu: ofCpu } = times;
  if (ofCpu === undefined) throw new Error("the CPU target took no turn");
  return { cpu: ofCpu, webgpu: times["webgpu"], torch: times["torch"] };
}

function timeRows(target: string, times: Times, peer: Times | undefined): readonly Row[] {
  const what = `step on the ${target}`;
  return [
    less(`${what}, median of ${rounds} (ms); peer: PyTorch`, times.median, peer?.median),
    less(`${what}, least (ms); peer: PyTorch`, times.least, peer?.least),
  ];
}

function kernelRow({ elaborated, stage }: CheckedStage, { facts }: WebGpuDevice): Row {
  const { step } = buildStep(elaborated, trainRequest(stage));
  if (step === undefined) throw new Error("the quickstart was refused");
  const { kernelCount } = schedule(layout(step), profileOf(facts));
  const { before, after } = kernelCount;
  return less("kernels of a step, grouped; peer: one for each operation", after, before);
}

/** Creates what the step needs and counts it on the device, beside what the compiler has planned. */
async function bufferRows(
  { elaborated, stage }: CheckedStage,
  device: WebGpuDevice,
): Promise<readonly Row[]> {
  const options = { target: "webgpu", profile: profileOf(device.facts) } as const;
  const executable = compileRequest(elaborated, trainRequest(stage), options);
  const store = device.openStore();
  const before = device.bytes;
  const loaded = await device.load(executable);
  for (const port of executable.state) store.create(port);
  const created = device.bytes - before;
  await loaded.close();
  store.dispose();
  const state = executable.state.reduce((sum, { shape }) => sum + paddedBytes(entries(shape)), 0);
  const planned = state + executable.temporaryBytes;
  return [less("bytes of WebGPU buffers, created; peer: planned", created, planned)];
}

/** All of the process, Node and the data included, beside the bound that `plan` states for the stage. */
function memoryRows({ elaborated, stage }: CheckedStage): readonly Row[] {
  const budget = stageBudget(stage, (request) =>
    compileRequest(elaborated, request, { target: "cpu" }),
  );
  const bound = budget.peak.bytes / mebibyte;
  const run = ["run", quickstartPath, "--target", "cpu", "--only", stage.address];
  const short = ["--set", "duration=50 steps", "--json"];
  const all = peakMemory((folder) => [levain, ...run, ...short, "--runs", folder]) / mebibyte;
  const empty = peakMemory(() => ["-e", "0"]) / mebibyte;
  const what = "memory of `levain run` on the CPU target";
  return [
    less(`${what}, its peak (MiB); peer: the bound of \`plan\``, all, bound),
    less(`${what}, over \`node -e 0\` (MiB); peer: the bound of \`plan\``, all - empty, bound),
  ];
}

/** The model and the step for the peer, read from the plan. */
function torchSettings({ stage }: CheckedStage): Readonly<Record<string, number>> {
  const size = (path: string, axis: number): number => {
    const parameter = stage.model.parameters.find((one) => one.path === path);
    const found = parameter?.axes[axis]?.size;
    if (found === undefined) throw new Error(`the quickstart's model has no ${path}`);
    return found;
  };
  return {
    vocab: size("embed", 0),
    width: size("embed", 1),
    depth: size("blocks.attention.query.weight", 0),
    kv: size("blocks.attention.query.offset", 1),
    group: size("blocks.attention.query.offset", 2),
    head: size("blocks.attention.query.offset", 3),
    inner: size("blocks.ffn.gate.weight", 2),
    rows: stage.batchRows,
    time: stage.rowTokens,
    theta: 1e6,
    epsilon: 1e-6,
    rate: 3e-3,
    weight_decay: 0.1,
    clip: stage.clip ?? 1,
  };
}
