import { interpret } from "../../compiler/graph/interpret.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { emitOnnx } from "../../compiler/targets/onnx/emit.ts";
import { evaluateScalar } from "../../program/scalar-expression.ts";
import type { Device, Store, Values } from "../../runtime/device/device.ts";
import { openOnnxDevice } from "../../runtime/device/onnx/open.ts";
import type { TrainingStep } from "./decoder-step.ts";

/** A device for the length of one piece of work. */
export async function withDevice<Result>(
  options: { readonly threads?: number; readonly prefer?: "web" },
  work: (device: Device) => Promise<Result>,
): Promise<Result> {
  const device = await openOnnxDevice({ threads: 2, processor: "tests", ...options });
  try {
    return await work(device);
  } finally {
    await device.close();
  }
}

export interface Trained {
  readonly outputs: Readonly<Record<string, Values>>[];
  readonly state: Readonly<Record<string, Values>>;
}

/** Runs steps one after the other from the given state. */
export async function train(
  device: Device,
  { step, scalars, state, data }: TrainingStep,
  steps: number,
): Promise<Trained> {
  const executable = emitOnnx(layout(step), { flops: 0, scalars });
  const loaded = await device.load(executable);
  const store = device.openStore();
  for (const port of executable.state) store.create(port, state[port.name]);
  const outputs: Readonly<Record<string, Values>>[] = [];
  for (let at = 0; at < steps; at += 1) {
    outputs.push(await loaded.run(store, { data, variables: { step: at }, read: true }));
  }
  return { outputs, state: await contents(store) };
}

/** The same on the interpreter, in f64. */
export function trainInterpreted(training: TrainingStep, steps: number) {
  const { step, scalars, data } = training;
  let state: Record<string, ArrayLike<number>> = { ...training.state };
  const outputs: Record<string, number>[] = [];
  for (let at = 0; at < steps; at += 1) {
    const numbers = scalars.map(({ name, value }) => [name, evaluateScalar(value, { step: at })]);
    const made = interpret(step, { ...state, ...data }, { scalars: Object.fromEntries(numbers) });
    state = { ...state, ...made.next };
    outputs.push(
      Object.fromEntries(
        Object.entries(made.outputs).map(([name, { values }]) => [name, values[0] ?? Number.NaN]),
      ),
    );
  }
  return { outputs, state };
}

export async function contents(store: Store): Promise<Readonly<Record<string, Values>>> {
  const values: Record<string, Values> = {};
  for (const name of store.names) values[name] = await store.read(name);
  return values;
}
