import { expect } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Step } from "../../compiler/graph/step.ts";
import { limitProblems } from "../../compiler/kernels/limits.ts";
import { type DeviceProfile, profileOf } from "../../compiler/kernels/profile.ts";
import { schedule } from "../../compiler/kernels/schedule.ts";
import { verifyKernels } from "../../compiler/kernels/verify.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { emitWebGpu } from "../../compiler/targets/webgpu/emit.ts";
import { verifyWebGpu } from "../../compiler/targets/webgpu/verify.ts";
import type { WebGpuExecutable } from "../../program/executable.ts";
import type { Values } from "../../runtime/device/device.ts";
import { openWebGpuDevice, type WebGpuDevice } from "../../runtime/device/webgpu/open.ts";
import { distance } from "../operations/case.ts";

/** The adapter of this machine; a test without one fails. */
export async function openTestDevice(): Promise<WebGpuDevice> {
  const device = await openWebGpuDevice();
  if (device === undefined)
    throw new Error("no WebGPU adapter: `npm run prepare-adapter` says why");
  return device;
}

export function compile(step: Step, profile: DeviceProfile): WebGpuExecutable {
  const program = schedule(layout(step), profile);
  expect(limitProblems(program)).toEqual([]);
  expect(verifyKernels(program)).toEqual([]);
  const executable = emitWebGpu(program, { flops: 0 });
  expect(verifyWebGpu(executable, profile.limits)).toEqual([]);
  return executable;
}

export type StepValues = Readonly<Record<string, Float32Array | Int32Array>>;

/**
 * One run of a step from the given state and data, on the device and in the interpreter: the largest
 * distance of any output or next state, by name, where it is above the tolerance.
 */
export async function differences(
  device: WebGpuDevice,
  step: Step,
  values: StepValues,
  options: {
    readonly profile?: DeviceProfile;
    readonly tolerance: number;
    readonly scalars?: Readonly<Record<string, number>>;
  },
): Promise<readonly { readonly name: string; readonly error: number }[]> {
  const { profile = profileOf(device.facts), tolerance, scalars = {} } = options;
  const executable = compile(step, profile);
  const loaded = await device.load(executable);
  const store = device.openStore();
  for (const port of executable.state) {
    const given = values[port.name];
    store.create(port, given === undefined ? undefined : given);
  }
  const created = device.bytes;
  const data = Object.fromEntries(
    executable.data.map(({ name }): [string, Values] => [name, values[name] ?? new Float32Array()]),
  );
  const found = await loaded.run(store, { data, variables: scalars, read: true });
  const wanted = interpret(step, values, { scalars });
  const wrong: { name: string; error: number }[] = [];
  const compare = (name: string, a: ArrayLike<number>, b: ArrayLike<number>) => {
    const error = distance(a, b);
    if (!(error <= tolerance)) wrong.push({ name, error });
  };
  for (const { name } of executable.outputs) {
    compare(name, found[name] ?? [], wanted.outputs[name]?.values ?? [Number.NaN]);
  }
  for (const { name, written } of executable.state) {
    const next = written ? wanted.next[name] : values[name];
    compare(`state ${name}`, await store.read(name), next ?? [Number.NaN]);
  }
  expect(created - store.bytes).toBe(executable.temporaryBytes);
  await loaded.close();
  store.dispose();
  return wrong;
}
