import { expect, test } from "vitest";
import { withDevice } from "./adapter.ts";

const shader = `
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;
@compute @workgroup_size(8)
fn add(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&sum)) { sum[id.x] = a[id.x] + b[id.x]; }
}`;

async function add(device: GPUDevice, a: Float32Array, b: Float32Array): Promise<number[]> {
  const storage = (extra: number) =>
    device.createBuffer({ size: a.byteLength, usage: GPUBufferUsage.STORAGE | extra });
  const left = storage(GPUBufferUsage.COPY_DST);
  const right = storage(GPUBufferUsage.COPY_DST);
  const sum = storage(GPUBufferUsage.COPY_SRC);
  device.queue.writeBuffer(left, 0, Float32Array.from(a));
  device.queue.writeBuffer(right, 0, Float32Array.from(b));
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto",
    compute: { module: device.createShaderModule({ code: shader }), entryPoint: "add" },
  });
  const entries = [left, right, sum].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(Math.ceil(a.length / 8));
  pass.end();
  const staging = device.createBuffer({
    size: a.byteLength,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  encoder.copyBufferToBuffer(sum, 0, staging, 0, a.byteLength);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  return [...new Float32Array(staging.getMappedRange().slice(0))];
}

test("the adapter adds, in one instance after another", async () => {
  for (const length of [1, 7, 8, 65]) {
    const a = Float32Array.from({ length }, (_, index) => index);
    const b = Float32Array.from({ length }, (_, index) => 0.5 * index);
    const sum = await withDevice((device) => add(device, a, b));
    expect(sum).toEqual([...a].map((value) => 1.5 * value));
  }
});
