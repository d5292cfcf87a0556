import type { Port } from "../../../program/executable.ts";
import { invariant } from "../../../program/invariant.ts";
import { entries, type Store, type Values } from "../device.ts";

interface Held {
  readonly port: Port;
  values: Values;
  /** Memory for the next values: a run reads one array and fills the other. */
  spare: Values | undefined;
}

/** State in the process's own memory, where ONNX Runtime reads and writes it in place. */
export class MemoryStore implements Store {
  readonly #held = new Map<string, Held>();

  get names(): readonly string[] {
    return [...this.#held.keys()];
  }

  get bytes(): number {
    let total = 0;
    for (const { values, spare } of this.#held.values()) {
      total += values.byteLength + (spare?.byteLength ?? 0);
    }
    return total;
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  port(name: string): Port {
    return this.#entry(name).port;
  }

  create(port: Port, values?: Values): void {
    invariant(!this.has(port.name), `the store has ${port.name} already`);
    const own = emptyValues(port);
    if (values !== undefined) copyInto(own, values, port);
    this.#held.set(port.name, { port, values: own, spare: undefined });
  }

  read(name: string): Promise<Values> {
    return Promise.resolve(this.#entry(name).values.slice());
  }

  write(name: string, values: Values): void {
    const held = this.#entry(name);
    copyInto(held.values, values, held.port);
  }

  dispose(name?: string): void {
    if (name === undefined) this.#held.clear();
    else this.#held.delete(name);
  }

  /** The array itself, for a run to read. */
  current(name: string): Values {
    return this.#entry(name).values;
  }

  /** An array for a run to fill; `advance` makes it the current one. */
  spare(name: string): Values {
    const held = this.#entry(name);
    held.spare ??= emptyValues(held.port);
    return held.spare;
  }

  advance(name: string): void {
    const held = this.#entry(name);
    invariant(held.spare !== undefined, `${name} has no next values`);
    [held.values, held.spare] = [held.spare, held.values];
  }

  #entry(name: string): Held {
    const held = this.#held.get(name);
    invariant(held !== undefined, `the store has no ${name}`);
    return held;
  }
}

function emptyValues(port: Port): Values {
  const size = entries(port.shape);
  return port.element === "f32" ? new Float32Array(size) : new Int32Array(size);
}

function copyInto(own: Values, values: Values, port: Port): void {
  const fits = values.length === own.length && values instanceof own.constructor;
  invariant(
    fits,
    `${port.name} wants ${own.length} ${port.element}, given ${values.length} others`,
  );
  own.set(values);
}
