import { create, globals } from "webgpu";

/** Dawn crashes when its instance is collected while a device of it lives. */
const instances = new Set<GPU>();

/** Opens an adapter, hands its device to the work and releases both in the order Dawn needs. */
export async function withDevice<Result>(
  work: (device: GPUDevice) => Promise<Result>,
): Promise<Result> {
  Object.assign(globalThis, globals);
  const instance = create([]);
  instances.add(instance);
  try {
    const adapter = await instance.requestAdapter();
    if (adapter === null) throw new Error("no WebGPU adapter: `npm run prepare-adapter` says why");
    const device = await adapter.requestDevice();
    try {
      return await work(device);
    } finally {
      device.destroy();
      await device.lost;
    }
  } finally {
    instances.delete(instance);
  }
}
