import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import { type DeviceProfile, hardwareProfile, profileOf } from "../../compiler/kernels/profile.ts";
import { schedule } from "../../compiler/kernels/schedule.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { emitWebGpu } from "../../compiler/targets/webgpu/emit.ts";
import { openWebGpuDevice, type WebGpuDevice } from "../../runtime/device/webgpu/open.ts";
import { caseStep, distance } from "./case.ts";
import { caseSizes, operationCases } from "./operation-cases.ts";

let device: WebGpuDevice;
let profiles: Readonly<Record<string, DeviceProfile>>;

beforeAll(async () => {
  const opened = await openWebGpuDevice();
  if (opened === undefined)
    throw new Error("no WebGPU adapter: `npm run prepare-adapter` says why");
  device = opened;
  const own = profileOf(device.facts);
  profiles = { own, hardware: hardwareProfile(own.limits) };
});

afterAll(async () => {
  await device.close();
});

/** Every size with the schedules that are used here, some with those for hardware. */
const kinds = [
  { kind: "own", sizes: caseSizes },
  { kind: "hardware", sizes: [1, 7, 64, 127] },
];

describe.each(kinds)("every operation with $kind schedules against the interpreter", (it) => {
  test.each(it.sizes)("size %i", async (size) => {
    const profile = profiles[it.kind];
    if (profile === undefined) throw new Error("no profile");
    const { step, values } = caseStep(operationCases, size);
    const executable = emitWebGpu(schedule(layout(step), profile), { flops: 0 });
    const loaded = await device.load(executable);
    const found = await loaded.run(device.openStore(), { data: values, variables: {}, read: true });
    const wanted = interpret(step, values).outputs;
    const wrong = operationCases.flatMap(({ name, tolerance = 0 }) => {
      const error = distance(found[name] ?? [], wanted[name]?.values ?? [Number.NaN]);
      return error <= tolerance ? [] : [{ name, error }];
    });
    expect(wrong).toEqual([]);
    await loaded.close();
  });
});
