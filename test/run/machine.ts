import { compileStep } from "../../compiler/compile.ts";
import { interpret } from "../../compiler/graph/index.ts";
import type { Precision } from "../../compiler/graph/interpret/strides.ts";
import type { Step } from "../../compiler/graph/step.ts";
import { profileOf } from "../../compiler/kernels/profile.ts";
import type { Device, Values as DeviceValues, Store } from "../../runtime/device/device.ts";
import { openOnnxDevice } from "../../runtime/device/onnx/open.ts";
import { openTestDevice } from "../kernels/harness.ts";

export type Values = Readonly<Record<string, ArrayLike<number>>>;
export type Scalars = Readonly<Record<string, number>>;

/** A step on one machine: a run reads and replaces the states of its memory, and gives the outputs. */
export type Run = (data: Values, scalars?: Scalars) => Promise<Values>;

/** States that the steps of one program share. */
export interface Memory {
  load(step: Step): Promise<Run>;
  read(): Promise<Values>;
  close(): Promise<void>;
}

/** Something that computes steps: the interpreter, or a device. */
export interface Machine {
  readonly name: string;
  /** A memory with these states; a step may have no others. */
  open(states: Values): Memory;
  close(): Promise<void>;
}

export function interpreter(precision: Precision = "f64"): Machine {
  return {
    name: `interpreter ${precision}`,
    open(states) {
      let memory: Values = states;
      return {
        load: async (step) => async (data, scalars) => {
          const options = { precision, ...(scalars === undefined ? {} : { scalars }) };
          const { outputs, next } = interpret(step, { ...memory, ...data }, options);
          memory = { ...memory, ...next };
          return Object.fromEntries(
            Object.entries(outputs).map(([name, { values }]) => [name, values]),
          );
        },
        read: async () => memory,
        async close() {},
      };
    },
    async close() {},
  };
}

export async function onnx(threads = 2): Promise<Machine> {
  const device = await openOnnxDevice({ threads, processor: "tests" });
  return machineOf("cpu", device);
}

export async function webGpu(): Promise<Machine> {
  return machineOf("webgpu", await openTestDevice());
}

function machineOf(name: "cpu" | "webgpu", device: Device): Machine {
  const options = { target: name, profile: profileOf(device.facts) };
  return {
    name,
    open(states) {
      const store = device.openStore();
      const close: (() => Promise<void>)[] = [];
      return {
        async load(step) {
          const executable = compileStep(step, options);
          for (const port of executable.state) {
            if (store.has(port.name)) continue;
            store.create(port, typed(port.element, states[port.name], port.name));
          }
          const loaded = await device.load(executable);
          close.push(() => loaded.close());
          return (given, variables = {}) => {
            const data = Object.fromEntries(
              executable.data.map((port) => [
                port.name,
                typed(port.element, given[port.name], port.name),
              ]),
            );
            return loaded.run(store, { data, variables, read: true });
          };
        },
        read: () => contents(store),
        async close() {
          for (const one of close) await one();
          store.dispose();
        },
      };
    },
    close: () => device.close(),
  };
}

function typed(
  element: "f32" | "i32",
  values: ArrayLike<number> | undefined,
  name: string,
): DeviceValues {
  if (values === undefined) throw new Error(`no values for ${name}`);
  return element === "f32" ? Float32Array.from(values) : Int32Array.from(values);
}

async function contents(store: Store): Promise<Values> {
  const values: Record<string, ArrayLike<number>> = {};
  for (const name of store.names) values[name] = await store.read(name);
  return values;
}

/** One run of one step: what it gives, and every state after it. */
export async function once(
  machine: Machine,
  step: Step,
  {
    states,
    data,
    scalars,
  }: { readonly states: Values; readonly data: Values; readonly scalars?: Scalars },
): Promise<{ readonly outputs: Values; readonly states: Values }> {
  const memory = machine.open(states);
  try {
    const run = await memory.load(step);
    const outputs = await run(data, scalars);
    return { outputs, states: await memory.read() };
  } finally {
    await memory.close();
  }
}
