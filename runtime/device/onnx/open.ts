import type { Executable } from "../../../program/executable.ts";
import { invariant } from "../../../program/invariant.ts";
import type { Device, Facts, Loaded, Store } from "../device.ts";
import { type Backend, loadBackend } from "./backend.ts";
import { loadOnnx, type SessionSettings } from "./loaded.ts";
import { MemoryStore } from "./store.ts";

export interface OnnxDeviceOptions {
  /** Threads of one operation; part of what decides the bits, so it is fixed and recorded. */
  readonly threads: number;
  /** Model of the processor: its instruction set chooses the kernels. */
  readonly processor: string;
  /** `web` uses the WebAssembly build even where the native one is there. */
  readonly prefer?: "web";
}

/** The processor of this machine, through ONNX Runtime. */
export async function openOnnxDevice(options: OnnxDeviceOptions): Promise<Device> {
  const backend = await loadBackend(options.threads, options.prefer);
  return new OnnxDevice(backend, options);
}

class OnnxDevice implements Device {
  readonly target = "cpu";
  readonly description: string;
  readonly facts: Facts;
  readonly #backend: Backend;
  readonly #settings: SessionSettings;
  readonly #stores = new Set<Store>();
  readonly #programs = new Set<Loaded>();

  constructor(backend: Backend, options: OnnxDeviceOptions) {
    this.#backend = backend;
    this.#settings = { threads: options.threads };
    const slow = backend.because === undefined ? "" : ", WebAssembly";
    this.description =
      `${options.processor}, ${options.threads} threads, ` +
      `${backend.package} ${backend.version}${slow}`;
    this.facts = {
      target: this.target,
      package: backend.package,
      version: backend.version,
      threads: options.threads,
      processor: options.processor,
    };
  }

  openStore(): Store {
    const store = new MemoryStore();
    this.#stores.add(store);
    return store;
  }

  async load(executable: Executable): Promise<Loaded> {
    invariant(executable.target === "onnx", `${executable.name} is for ${executable.target}`);
    const loaded = await loadOnnx(this.#backend, executable, this.#settings);
    this.#programs.add(loaded);
    return loaded;
  }

  async close(): Promise<void> {
    for (const program of this.#programs) await program.close();
    for (const store of this.#stores) store.dispose();
    this.#programs.clear();
    this.#stores.clear();
  }
}
