import type { Executable } from "../../../program/executable.ts";
import { invariant } from "../../../program/invariant.ts";
import type { Device, Facts, Loaded, Store } from "../device.ts";
import { type AdapterSurvey, openAdapter } from "./adapter.ts";
import { type Context, createContext } from "./context.ts";
import { loadWebGpu } from "./loaded.ts";
import { BufferStore } from "./store.ts";

/** A device of the preferred adapter, with all of its limits; undefined where there is no adapter. */
export async function openWebGpuDevice(): Promise<WebGpuDevice | undefined> {
  const opened = await openAdapter();
  if (opened === undefined) return undefined;
  const { adapter, survey, release } = opened;
  const { limits, features } = adapter;
  try {
    const device = await adapter.requestDevice({
      requiredFeatures: features.has("subgroups") ? ["subgroups"] : [],
      requiredLimits: {
        maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxBufferSize: limits.maxBufferSize,
        minStorageBufferOffsetAlignment: limits.minStorageBufferOffsetAlignment,
        minUniformBufferOffsetAlignment: limits.minUniformBufferOffsetAlignment,
      },
    });
    return new WebGpuDevice(device, survey, release);
  } catch (error) {
    release();
    throw error;
  }
}

export class WebGpuDevice implements Device {
  readonly target = "webgpu";
  readonly description: string;
  readonly facts: Facts;
  readonly #context: Context;
  readonly #release: () => void;
  readonly #stores = new Set<Store>();
  readonly #programs = new Set<Loaded>();

  constructor(device: GPUDevice, survey: AdapterSurvey, release: () => void) {
    this.#context = createContext(device);
    this.#release = release;
    this.description = survey.description;
    this.facts = { target: this.target, ...survey.facts };
  }

  /** Bytes of all buffers that exist now: state, programs, data and outputs. */
  get bytes(): number {
    return this.#context.bytes();
  }

  openStore(): Store {
    const store = new BufferStore(this.#context);
    this.#stores.add(store);
    return store;
  }

  async load(executable: Executable): Promise<Loaded> {
    invariant(executable.target === "webgpu", `${executable.name} is for ${executable.target}`);
    const loaded = await loadWebGpu(this.#context, executable, this.facts);
    this.#programs.add(loaded);
    return loaded;
  }

  async close(): Promise<void> {
    for (const program of this.#programs) await program.close();
    for (const store of this.#stores) store.dispose();
    this.#programs.clear();
    this.#stores.clear();
    const { device } = this.#context;
    device.destroy();
    await device.lost;
    this.#release();
  }
}
