import type { Executable, Port } from "../../program/executable.ts";

/** Entries of a tensor in row-major order. Booleans are i32 0 and 1. */
export type Values = Float32Array | Int32Array;

/** What decides the bits of a result beside the program: versions, threads, levels; for the manifest. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** Where executables run. One device may hold several stores and programs. */
export interface Device {
  readonly target: "cpu" | "webgpu";
  /** One line for `doctor` and the report of a run. */
  readonly description: string;
  readonly facts: Facts;
  openStore(): Store;
  /** Makes the executable ready to run (session, pipelines, buffers). Its target must be the device's. */
  load(executable: Executable): Promise<Loaded>;
  /** Frees everything on the device; its stores and programs are unusable afterwards. */
  close(): Promise<void>;
}

/**
 * Named state tensors that live on the device between runs. Executables that were loaded on the
 * same device share a store by the names of their state ports.
 */
export interface Store {
  readonly names: readonly string[];
  /** Bytes on the device, of everything in the store. */
  readonly bytes: number;
  has(name: string): boolean;
  /** The shape and element of a tensor of the store; the name must be there. */
  port(name: string): Port;
  /** Adds a tensor, zero where no values are given. The name must be new. */
  create(port: Port, values?: Values): void;
  /** A copy of the values after all runs that were awaited. */
  read(name: string): Promise<Values>;
  /** Replaces the values; the array is copied. */
  write(name: string, values: Values): void;
  /** Removes one tensor, or all where no name is given, and frees its memory. */
  dispose(name?: string): void;
}

/** A run's inputs beside state. */
export interface RunInputs {
  /** Exactly the executable's data ports. */
  readonly data: Readonly<Record<string, Values>>;
  /** Variables of the executable's scalar expressions: `step`, `length` and the like. */
  readonly variables: Readonly<Record<string, number>>;
  /** False leaves the outputs on the device and gives an empty record. */
  readonly read: boolean;
}

/** An executable that is ready to run. */
export interface Loaded {
  readonly executable: Executable;
  readonly facts: Facts;
  /**
   * One run: reads state from the store and replaces the written state in it. Runs of one store
   * must be awaited one after the other. Every state port must be in the store with its shape.
   */
  run(store: Store, inputs: RunInputs): Promise<Readonly<Record<string, Values>>>;
  close(): Promise<void>;
}

/** Number of entries of a tensor of that shape. */
export function entries(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
