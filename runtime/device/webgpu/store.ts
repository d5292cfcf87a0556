import type { Port } from "../../../program/executable.ts";
import { invariant } from "../../../program/invariant.ts";
import { entries, type Store, type Values } from "../device.ts";
import { type Context, paddedBytes, valuesOf, writable } from "./context.ts";

interface Held {
  readonly port: Port;
  readonly buffer: GPUBuffer;
}

/** State in buffers of the device, one each. */
export class BufferStore implements Store {
  readonly #context: Context;
  readonly #held = new Map<string, Held>();
  /** Changes with every buffer that comes or goes, so that bind groups know when they are old. */
  version = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  get names(): readonly string[] {
    return [...this.#held.keys()];
  }

  get bytes(): number {
    return [...this.#held.values()].reduce((sum, { buffer }) => sum + buffer.size, 0);
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  port(name: string): Port {
    return this.#entry(name).port;
  }

  create(port: Port, values?: Values): void {
    invariant(!this.has(port.name), `the store has ${port.name} already`);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const size = paddedBytes(entries(port.shape));
    const buffer = this.#context.buffer(size, usage, `state ${port.name}`);
    this.#held.set(port.name, { port, buffer });
    this.version += 1;
    if (values !== undefined) this.write(port.name, values);
  }

  async read(name: string): Promise<Values> {
    const { port, buffer } = this.#entry(name);
    const words = entries(port.shape);
    const [bytes] = await this.#context.readBack([{ buffer, bytes: paddedBytes(words) }]);
    invariant(bytes !== undefined, "nothing was read back");
    return valuesOf(port.element, bytes, words);
  }

  write(name: string, values: Values): void {
    const { port, buffer } = this.#entry(name);
    invariant(
      values.length === entries(port.shape),
      `${name} has ${entries(port.shape)} entries, not ${values.length}`,
    );
    this.#context.device.queue.writeBuffer(buffer, 0, writable(port.element, values));
  }

  dispose(name?: string): void {
    for (const one of name === undefined ? this.names : [name]) {
      const held = this.#held.get(one);
      if (held !== undefined) this.#context.release(held.buffer);
      this.#held.delete(one);
    }
    this.version += 1;
  }

  buffer(name: string): GPUBuffer {
    return this.#entry(name).buffer;
  }

  #entry(name: string): Held {
    const held = this.#held.get(name);
    invariant(held !== undefined, `the store has no ${name}`);
    return held;
  }
}
