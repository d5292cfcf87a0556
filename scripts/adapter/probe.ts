/**
 * Asks for a WebGPU adapter and a device and prints what was found as one line of JSON.
 * It is a program of its own because a broken driver may take the whole process down.
 */
import { create, globals } from "webgpu";

Object.assign(globalThis, globals);

async function probe(): Promise<string | undefined> {
  let gpu: GPU | undefined = create([]);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) return undefined;
  const device = await adapter.requestDevice();
  const { description, vendor, device: model } = adapter.info;
  device.destroy();
  gpu = undefined;
  return JSON.stringify({ description, vendor, model });
}

const found = await probe();
if (found !== undefined) process.stdout.write(`${found}\n`);
// Dawn keeps the event loop alive for as long as its instance is not collected.
process.exit(found === undefined ? 3 : 0);
