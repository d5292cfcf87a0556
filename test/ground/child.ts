/** Opens devices one after another and ends; run by lifetime.webgpu.test.ts with a way to end. */
import { create, globals } from "webgpu";

const mode = process.argv[2];
Object.assign(globalThis, globals);
const instances = new Set<GPU>();

async function session(): Promise<readonly object[]> {
  const instance = create([]);
  instances.add(instance);
  const adapter = await instance.requestAdapter();
  if (adapter === null) throw new Error("no WebGPU adapter");
  const device = await adapter.requestDevice();
  const buffers = Array.from({ length: 8 }, () =>
    device.createBuffer({ size: 1 << 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST }),
  );
  for (const buffer of buffers) device.queue.writeBuffer(buffer, 0, new Float32Array(1 << 14));
  const finished = device.queue.onSubmittedWorkDone();
  if (mode !== "pending") await finished;
  if (mode === "close") {
    device.destroy();
    await device.lost;
    instances.delete(instance);
  }
  return [device, ...buffers];
}

async function collect(): Promise<void> {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 10));
}

let survivors: (readonly object[])[] = [];
for (let turn = 0; turn < 3; turn += 1) {
  survivors.push(await session());
  await collect();
}
survivors = [];
await collect();
process.stdout.write("end\n");
