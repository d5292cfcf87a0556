import type {
  WebGpuBinding,
  WebGpuCommand,
  WebGpuExecutable,
} from "../../../program/executable.ts";
import { invariant } from "../../../program/invariant.ts";
import { evaluateScalar } from "../../../program/scalar-expression.ts";
import {
  entries,
  type Facts,
  type Loaded,
  type RunInputs,
  type Store,
  type Values,
} from "../device.ts";
import { type Context, paddedBytes, valuesOf, writable } from "./context.ts";
import { BufferStore } from "./store.ts";

type Dispatch = WebGpuCommand & { readonly kind: "dispatch" };

/** Pipelines, buffers and, for each store, bind groups of one executable. */
export async function loadWebGpu(
  context: Context,
  executable: WebGpuExecutable,
  facts: Facts,
): Promise<Loaded> {
  const pipelines = await Promise.all(
    executable.shaders.map(({ label, code }) => context.pipeline(label, code)),
  );
  context.check();
  return new WebGpuProgram(context, executable, pipelines, facts);
}

class WebGpuProgram implements Loaded {
  readonly executable: WebGpuExecutable;
  readonly facts: Facts;
  readonly #context: Context;
  readonly #pipelines: readonly GPUComputePipeline[];
  readonly #buffers = new Map<string, GPUBuffer>();
  readonly #uniforms: GPUBuffer | undefined;
  /** For each dispatch, where its uniforms are. */
  readonly #uniformOffsets: readonly number[];
  readonly #groups = new WeakMap<
    BufferStore,
    { readonly version: number; readonly groups: readonly (GPUBindGroup | undefined)[] }
  >();
  #before: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(
    context: Context,
    executable: WebGpuExecutable,
    pipelines: readonly GPUComputePipeline[],
    facts: Facts,
  ) {
    this.#context = context;
    this.executable = executable;
    this.#pipelines = pipelines;
    const { COPY_DST, COPY_SRC, STORAGE, UNIFORM } = GPUBufferUsage;
    const usage = STORAGE | COPY_DST | COPY_SRC;
    const add = (name: string, bytes: number) => {
      this.#buffers.set(name, context.buffer(bytes, usage, name));
    };
    for (const { name, bytes } of executable.buffers) add(name, bytes);
    for (const port of executable.data) add(`data:${port.name}`, paddedBytes(entries(port.shape)));
    for (const port of executable.outputs) {
      add(`output:${port.name}`, paddedBytes(entries(port.shape)));
    }
    for (const { name, values } of executable.tables) {
      context.device.queue.writeBuffer(
        this.#buffer(name),
        0,
        writable(values instanceof Float32Array ? "f32" : "i32", values),
      );
    }
    const { words, offsets } = uniformWords(executable, alignmentOf(context));
    this.#uniformOffsets = offsets;
    if (words.length > 0) {
      this.#uniforms = context.buffer(4 * words.length, UNIFORM | COPY_DST, "uniforms");
      context.device.queue.writeBuffer(this.#uniforms, 0, words);
    } else {
      this.#uniforms = undefined;
    }
    this.facts = { ...facts, shaders: executable.shaders.length };
  }

  async run(store: Store, inputs: RunInputs): Promise<Readonly<Record<string, Values>>> {
    invariant(store instanceof BufferStore, "a store of another device");
    invariant(!this.#closed, `${this.executable.name} is closed`);
    this.#context.check();
    this.#writeInputs(inputs);
    this.#submit(store);
    if (!inputs.read) {
      // At most two runs are in flight, so that the queue cannot grow without bound.
      const before = this.#before;
      this.#before = this.#context.device.queue.onSubmittedWorkDone();
      await before;
      this.#context.check();
      return {};
    }
    const outputs = this.executable.outputs;
    const bytes = await this.#context.readBack(
      outputs.map((port) => ({
        buffer: this.#buffer(`output:${port.name}`),
        bytes: paddedBytes(entries(port.shape)),
      })),
    );
    if (outputs.length === 0) await this.#context.device.queue.onSubmittedWorkDone();
    this.#context.check();
    return Object.fromEntries(
      outputs.map((port, index) => {
        const read = bytes[index];
        invariant(read !== undefined, "an output that was not read back");
        return [port.name, valuesOf(port.element, read, entries(port.shape))];
      }),
    );
  }

  close(): Promise<void> {
    if (!this.#closed) {
      for (const buffer of this.#buffers.values()) this.#context.release(buffer);
      if (this.#uniforms !== undefined) this.#context.release(this.#uniforms);
    }
    this.#closed = true;
    return Promise.resolve();
  }

  #writeInputs({ data, variables }: RunInputs): void {
    const { queue } = this.#context.device;
    for (const port of this.executable.data) {
      const values = data[port.name];
      invariant(values !== undefined, `no data ${port.name}`);
      invariant(
        values.length === entries(port.shape),
        `${port.name} has ${entries(port.shape)} entries, not ${values.length}`,
      );
      queue.writeBuffer(this.#buffer(`data:${port.name}`), 0, writable(port.element, values));
    }
    if (this.executable.scalars.length === 0) return;
    const scalars = this.executable.scalars.map(({ value }) => evaluateScalar(value, variables));
    queue.writeBuffer(this.#buffer("scalars"), 0, Float32Array.from(scalars));
  }

  /** Everything in order; split only where a watchdog might object to the length. */
  #submit(store: BufferStore): void {
    const { device } = this.#context;
    const groups = this.#bindGroups(store);
    const splits = new Set(this.executable.splits);
    let encoder = device.createCommandEncoder();
    let pass: GPUComputePassEncoder | undefined;
    for (const [index, command] of this.executable.commands.entries()) {
      if (splits.has(index)) {
        pass?.end();
        pass = undefined;
        device.queue.submit([encoder.finish()]);
        encoder = device.createCommandEncoder();
      }
      if (command.kind === "copy") {
        pass?.end();
        pass = undefined;
        const { from, to } = command;
        encoder.copyBufferToBuffer(
          this.#resolve(from, store),
          from.offset,
          this.#resolve(to, store),
          to.offset,
          from.bytes,
        );
        continue;
      }
      pass ??= encoder.beginComputePass();
      const pipeline = this.#pipelines[command.shader];
      const group = groups[index];
      invariant(pipeline !== undefined && group !== undefined, "a dispatch without a pipeline");
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...command.workgroups);
    }
    pass?.end();
    device.queue.submit([encoder.finish()]);
  }

  #bindGroups(store: BufferStore): readonly (GPUBindGroup | undefined)[] {
    const known = this.#groups.get(store);
    if (known !== undefined && known.version === store.version) return known.groups;
    const groups = this.executable.commands.map((command, index) =>
      command.kind === "dispatch" ? this.#bindGroup(command, index, store) : undefined,
    );
    this.#groups.set(store, { version: store.version, groups });
    return groups;
  }

  #bindGroup(command: Dispatch, index: number, store: BufferStore): GPUBindGroup {
    const pipeline = this.#pipelines[command.shader];
    invariant(pipeline !== undefined && this.#uniforms !== undefined, "a dispatch without code");
    const bound = command.bindings.map((binding, place) => ({
      binding: place,
      resource: {
        buffer: this.#resolve(binding, store),
        offset: binding.offset,
        size: binding.bytes,
      },
    }));
    const uniforms = {
      binding: bound.length,
      resource: {
        buffer: this.#uniforms,
        offset: this.#uniformOffsets[index] ?? 0,
        size: 4 * command.uniforms.length,
      },
    };
    return this.#context.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [...bound, uniforms],
    });
  }

  #resolve(binding: WebGpuBinding, store: BufferStore): GPUBuffer {
    return binding.buffer.startsWith("state:")
      ? store.buffer(binding.buffer.slice("state:".length))
      : this.#buffer(binding.buffer);
  }

  #buffer(name: string): GPUBuffer {
    const buffer = this.#buffers.get(name);
    invariant(buffer !== undefined, `${this.executable.name} has no buffer ${name}`);
    return buffer;
  }
}

function alignmentOf(context: Context): number {
  return Math.max(256, context.device.limits.minUniformBufferOffsetAlignment);
}

/** Uniform blocks of all dispatches one after another, each at an aligned place. */
function uniformWords(executable: WebGpuExecutable, alignment: number) {
  const offsets: number[] = [];
  let bytes = 0;
  for (const command of executable.commands) {
    offsets.push(bytes);
    if (command.kind !== "dispatch") continue;
    bytes += Math.ceil((command.uniforms.length * 4) / alignment) * alignment;
  }
  const words = new Int32Array(bytes / 4);
  executable.commands.forEach((command, index) => {
    if (command.kind === "dispatch") words.set(command.uniforms, (offsets[index] ?? 0) / 4);
  });
  return { words, offsets };
}
