import type { InferenceSession, Tensor } from "onnxruntime-web";
import type { OnnxExecutable, Port } from "../../../program/executable.ts";
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
import type { Backend } from "./backend.ts";
import { MemoryStore } from "./store.ts";

export interface SessionSettings {
  readonly threads: number;
}

/**
 * Constants folded and nothing rewritten: what our lowering leaves to the higher levels made no step
 * faster (4 and 24 layers), and they load 1.3 to 1.7 times slower.
 */
const level = "basic";

export async function loadOnnx(
  backend: Backend,
  executable: OnnxExecutable,
  settings: SessionSettings,
): Promise<Loaded> {
  const session = await backend.runtime.InferenceSession.create(executable.model, {
    executionProviders: [backend.package === "onnxruntime-node" ? "cpu" : "wasm"],
    executionMode: "sequential",
    intraOpNumThreads: settings.threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: level,
    logSeverityLevel: 3,
    // Planned blocks come on top of the arena that the first run has grown: 440 MB against 245 MB for
    // a step of 2,048 tokens, at the same speed.
    enableMemPattern: false,
    // Threads that spin while they wait take the processor from each other and from everyone else:
    // twice the processor time for a step, and on a busy machine twice the time.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  return new LoadedOnnx(backend, session, executable, { optimisation: level });
}

type Feeds = Record<string, Tensor>;

class LoadedOnnx implements Loaded {
  readonly executable: OnnxExecutable;
  readonly facts: Facts;
  readonly #backend: Backend;
  readonly #session: InferenceSession;
  /** Inputs that the model reads; ONNX Runtime refuses any other. */
  readonly #read: ReadonlySet<string>;
  #closed = false;

  constructor(
    backend: Backend,
    session: InferenceSession,
    executable: OnnxExecutable,
    facts: Facts,
  ) {
    this.#backend = backend;
    this.#session = session;
    this.executable = executable;
    this.facts = facts;
    this.#read = new Set(session.inputNames);
  }

  async run(store: Store, inputs: RunInputs): Promise<Readonly<Record<string, Values>>> {
    invariant(!this.#closed, `${this.executable.name} is closed`);
    invariant(store instanceof MemoryStore, "a store of another device");
    const feeds = this.#feeds(store, inputs);
    const next = Object.entries(this.executable.next);
    const ports = new Map(this.executable.state.map((port) => [port.name, port]));
    const fetches: Record<string, Tensor | null> = {};
    for (const [state, output] of next) {
      const port = ports.get(state);
      invariant(port !== undefined, `no state ${state}`);
      fetches[output] = this.#backend.fillsOutputs ? this.#tensor(port, store.spare(state)) : null;
    }
    const readsNothing = !inputs.read && next.length > 0;
    const outputs = readsNothing ? [] : this.executable.outputs;
    for (const output of outputs) fetches[`output:${output.name}`] = null;
    const results = await this.#session.run(feeds, fetches);
    for (const [state, output] of next) {
      if (!this.#backend.fillsOutputs) store.spare(state).set(taken(results, output));
      store.advance(state);
    }
    const values: Record<string, Values> = {};
    for (const output of outputs) {
      const result = taken(results, `output:${output.name}`);
      if (inputs.read) values[output.name] = result;
    }
    return values;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#session.release();
  }

  #feeds(store: MemoryStore, inputs: RunInputs): Feeds {
    const feeds: Feeds = {};
    const feed = (name: string, port: Port, values: Values) => {
      if (this.#read.has(name)) feeds[name] = this.#tensor(port, values);
    };
    for (const port of this.executable.state) {
      feed(`state:${port.name}`, port, store.current(port.name));
    }
    for (const port of this.executable.data) {
      const values = inputs.data[port.name];
      invariant(values !== undefined, `${this.executable.name} wants ${port.name}`);
      feed(`data:${port.name}`, port, values);
    }
    for (const { name, value } of this.executable.scalars) {
      const scalar: Port = { name, shape: [], element: "f32" };
      feed(`scalar:${name}`, scalar, Float32Array.of(evaluateScalar(value, inputs.variables)));
    }
    return feeds;
  }

  #tensor(port: Port, values: Values): Tensor {
    const { Tensor } = this.#backend.runtime;
    const real = values instanceof Float32Array;
    invariant(
      values.length === entries(port.shape) && real === (port.element === "f32"),
      `${port.name} has ${values.length} entries of ${real ? "f32" : "i32"}`,
    );
    return real
      ? new Tensor("float32", values, port.shape)
      : new Tensor("int32", values, port.shape);
  }
}

/** A copy of a result; its own memory is native and would wait for the garbage collector. */
function taken(results: InferenceSession.ReturnType, name: string): Values {
  const tensor = results[name];
  invariant(tensor !== undefined, `no result ${name}`);
  const { data } = tensor;
  invariant(
    data instanceof Float32Array || data instanceof Int32Array,
    "a result of another element",
  );
  const copy = data.slice();
  tensor.dispose();
  return copy;
}
