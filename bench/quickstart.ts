import { stageBudget } from "../compiler/budget/stage-budget.ts";
import { compileRequest } from "../compiler/compile.ts";
import { buildStep } from "../compiler/elaborate/build-step.ts";
import { profileOf } from "../compiler/kernels/profile.ts";
import { schedule } from "../compiler/kernels/schedule.ts";
import { layout } from "../compiler/layout/layout.ts";
import { paddedBytes } from "../compiler/targets/webgpu/bindings.ts";
import { type Device, entries } from "../runtime/device/device.ts";
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
    const peers = await openPeers(recipe, machine.threads, webgpu, notes);
    try {
      const buffers = webgpu === undefined ? [] : await bufferRows(recipe, webgpu);
      say(`${warmUp} steps to warm up, then ${rounds} of each, in turns`);
      const times = await stepTimes(recipe, cpu, webgpu, peers);
      say("50 steps of `levain run` for its memory");
      return {
        adapter: [cpu.description, webgpu?.description]
          .filter((one) => one !== undefined)
          .join("; "),
        versions: {
          ...versions("onnxruntime-node", "webgpu"),
          ...(peers[0] === undefined ? {} : { torch: peers[0].version }),
        },
        rows: [
          ...timeRows("CPU target", times.cpu, peers[0], times.peers[0]),
          ...timeRows("WebGPU target", times.webgpu, peers.at(-1), times.peers.at(-1)),
          ...(webgpu === undefined ? [] : [kernelRow(recipe, webgpu)]),
          ...buffers,
          ...memoryRows(recipe),
        ],
        notes: [...notes, ...busyNotes()],
      };
    } finally {
      for (const peer of peers) await peer.close();
      await webgpu?.close();
      await cpu.close();
    }
  },
};

/** PyTorch on the processor, and where the adapter is a graphics card also on that; none without PyTorch. */
async function openPeers(
  recipe: CheckedStage,
  threads: number,
  webgpu: WebGpuDevice | undefined,
  notes: string[],
): Promise<readonly TorchStep[]> {
  const card = webgpu?.facts["software"] === false;
  const peers: TorchStep[] = [];
  for (const device of card ? ["cpu", "cuda"] : ["cpu"]) {
    const peer = await openTorch({ ...torchSettings(recipe), threads, device });
    if (typeof peer === "string") notes.push(`no peer: ${peer}`);
    else {
      peers.push(peer);
      notes.push(`peer: PyTorch ${peer.version} on ${peer.device}, ${peer.parameters} parameters`);
    }
  }
  return peers;
}

interface StepTimes {
  readonly cpu: Times | undefined;
  readonly webgpu: Times | undefined;
  readonly peers: readonly Times[];
}

/** Steps in turns: both targets read the same rows from the same initial state. */
async function stepTimes(
  recipe: CheckedStage,
  cpu: Device,
  webgpu: Device | undefined,
  peers: readonly TorchStep[],
): Promise<StepTimes> {
  const devices = [cpu, ...(webgpu === undefined ? [] : [webgpu])];
  const turns: Record<string, Turn> = {};
  const trainers = [];
  for (const device of devices) {
    const trainer = await openTraining(recipe, device);
    trainers.push(trainer);
    turns[device.target] = () => timed(() => trainer.step());
  }
  for (const [place, peer] of peers.entries()) turns[`peer ${place}`] = () => peer.step();
  const times = await interleave(turns, rounds, warmUp);
  for (const trainer of trainers) await trainer.close();
  return {
    cpu: times["cpu"],
    webgpu: times["webgpu"],
    peers: peers.flatMap((_, place) => times[`peer ${place}`] ?? []),
  };
}

function timeRows(
  target: string,
  times: Times | undefined,
  peer: TorchStep | undefined,
  peerTimes: Times | undefined,
): readonly Row[] {
  if (times === undefined) return [];
  const beside = peer === undefined ? "" : `; peer: PyTorch on ${peer.device}`;
  const what = `step on the ${target}`;
  return [
    less(`${what}, median of ${rounds} (ms)${beside}`, times.median, peerTimes?.median),
    less(`${what}, least (ms)${beside}`, times.least, peerTimes?.least),
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
