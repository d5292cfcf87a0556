import { deviceLost } from "../../../program/diagnostics/catalogue/devices.ts";
import { diagnose } from "../../../program/diagnostics/define.ts";
import { InternalError } from "../../../program/invariant.ts";
import { Refusal } from "../../refusal.ts";
import type { Values } from "../device.ts";

/** The opened device with what its stores and programs share. */
export interface Context {
  readonly device: GPUDevice;
  /** Bytes of all buffers that exist, staging excepted. */
  readonly bytes: () => number;
  buffer(bytes: number, usage: number, label: string): GPUBuffer;
  release(buffer: GPUBuffer): void;
  /** Pipelines by their code: equal shaders of several programs are compiled once. */
  pipeline(label: string, code: string): Promise<GPUComputePipeline>;
  /** Copies ranges out after everything that was submitted before. */
  readBack(ranges: readonly ReadRange[]): Promise<readonly ArrayBuffer[]>;
  /** Throws a refusal if the device was lost or has reported an error. */
  check(): void;
}

export interface ReadRange {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

export function createContext(device: GPUDevice): Context {
  let bytes = 0;
  let problem: string | undefined;
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  let staging: GPUBuffer | undefined;
  let reading: Promise<unknown> = Promise.resolve();

  void device.lost.then((info) => {
    if (info.reason !== "destroyed") problem ??= info.message;
  });
  device.addEventListener("uncapturederror", (event) => {
    problem ??= event.error.message;
  });

  function check(): void {
    if (problem === undefined) return;
    const [line = problem] = problem.split("\n");
    throw new Refusal([diagnose(deviceLost, { file: "" }, { problem: line })]);
  }

  /** A shader that does not compile is a fault of ours, never of the device. */
  async function compile(label: string, code: string): Promise<GPUComputePipeline> {
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label, code });
    const pipeline = device.createComputePipelineAsync({
      label,
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    const [made, error] = await Promise.all([
      pipeline.catch((reason: unknown) => String(reason)),
      device.popErrorScope(),
    ]);
    check();
    if (typeof made !== "string") return made;
    throw new InternalError(`shader ${label}: ${error?.message ?? made}`);
  }

  async function copyOut(ranges: readonly ReadRange[]): Promise<readonly ArrayBuffer[]> {
    const copies = ranges.map((range) => new Uint8Array(range.bytes));
    for (const batch of inBatches(ranges)) {
      const total = batch.reduce((sum, piece) => sum + piece.bytes, 0);
      const own = stagingOf(total);
      const encoder = device.createCommandEncoder();
      let end = 0;
      for (const { range, offset, bytes } of batch) {
        const buffer = ranges[range]?.buffer;
        if (buffer !== undefined) encoder.copyBufferToBuffer(buffer, offset, own, end, bytes);
        end += bytes;
      }
      device.queue.submit([encoder.finish()]);
      try {
        await own.mapAsync(GPUMapMode.READ, 0, total);
      } catch (error) {
        problem ??= error instanceof Error ? error.message : String(error);
      }
      check();
      const mapped = new Uint8Array(own.getMappedRange(0, total));
      let start = 0;
      for (const { range, offset, bytes } of batch) {
        copies[range]?.set(mapped.subarray(start, start + bytes), offset);
        start += bytes;
      }
      own.unmap();
    }
    return copies.map((copy) => copy.buffer);
  }

  function stagingOf(bytes: number): GPUBuffer {
    if (staging !== undefined && staging.size >= bytes) return staging;
    staging?.destroy();
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    staging = device.createBuffer({ label: "read back", size: bytes, usage });
    return staging;
  }

  return {
    device,
    bytes: () => bytes,
    buffer(size, usage, label) {
      bytes += size;
      return device.createBuffer({ size, usage, label });
    },
    release(buffer) {
      bytes -= buffer.size;
      buffer.destroy();
    },
    pipeline(label, code) {
      const known = pipelines.get(code) ?? compile(label, code);
      pipelines.set(code, known);
      return known;
    },
    readBack(ranges) {
      if (ranges.length === 0) return Promise.resolve([]);
      const next = reading.then(() => copyOut(ranges));
      reading = next.catch(() => undefined);
      return next;
    },
    check,
  };
}

/** Part of what is read back: bytes of a range from an offset. */
interface Piece {
  readonly range: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Memory for reading back stays small, however large the tensors are. */
const stagingLimit = 64 * 1024 * 1024;

function inBatches(ranges: readonly ReadRange[]): readonly (readonly Piece[])[] {
  const batches: Piece[][] = [[]];
  let space = stagingLimit;
  ranges.forEach((range, index) => {
    for (let offset = 0; offset < range.bytes; ) {
      if (space === 0) {
        batches.push([]);
        space = stagingLimit;
      }
      const bytes = Math.min(space, range.bytes - offset);
      batches.at(-1)?.push({ range: index, offset, bytes });
      offset += bytes;
      space -= bytes;
    }
  });
  return batches;
}

/** Values as the queue takes them: of the right element, in memory of their own. */
export function writable(
  element: "f32" | "i32",
  values: Values,
): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  return element === "f32" ? new Float32Array(values) : new Int32Array(values);
}

/** Buffers hold whole vectors of four words, so that any shader may read them so. */
export function paddedBytes(words: number): number {
  return Math.max(16, Math.ceil(words / 4) * 16);
}

export function valuesOf(element: "f32" | "i32", bytes: ArrayBuffer, words: number): Values {
  return element === "f32" ? new Float32Array(bytes, 0, words) : new Int32Array(bytes, 0, words);
}
