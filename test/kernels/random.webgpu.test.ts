import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DeviceProfile, hardwareProfile, profileOf } from "../../compiler/kernels/profile.ts";
import type { WebGpuDevice } from "../../runtime/device/webgpu/open.ts";
import { differences, openTestDevice } from "./harness.ts";
import { randomStep } from "./random-step.ts";

let device: WebGpuDevice;

beforeAll(async () => {
  device = await openTestDevice();
});

afterAll(async () => {
  await device.close();
});

/** Few bindings and small ones: temporaries in several windows, packed into one binding each. */
function narrow(profile: DeviceProfile): DeviceProfile {
  const limits = {
    ...profile.limits,
    maxStorageBuffersPerShaderStage: 6,
    maxStorageBufferBindingSize: 65_536,
  };
  return { ...profile, limits };
}

const kinds: readonly {
  readonly name: string;
  readonly profile: (own: DeviceProfile) => DeviceProfile;
  readonly seeds: readonly number[];
}[] = [
  { name: "the adapter's own", profile: (own) => own, seeds: [1, 2, 3, 4, 5, 6, 33, 40] },
  { name: "hardware", profile: (own) => hardwareProfile(own.limits), seeds: [7, 8, 9, 10] },
  { name: "narrow", profile: narrow, seeds: [1013, 1070, 101, 102] },
];

describe.each(kinds)("random steps equal the interpreter with $name schedules", (kind) => {
  test.each(kind.seeds)("seed %i", async (seed) => {
    const { step, values } = randomStep(seed, seed > 100 ? 60 : 25);
    const profile = kind.profile(profileOf(device.facts));
    expect(await differences(device, step, values, { profile, tolerance: 3e-5 })).toEqual([]);
  });
});
