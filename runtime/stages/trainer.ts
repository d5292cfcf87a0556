import { invariant } from "../../program/invariant.ts";
import { evaluateScalar } from "../../program/scalar-expression.ts";
import type { TrainPlan } from "../../program/stage-plan.ts";
import { packRows } from "../data/batch.ts";
import type { TokensRow } from "../data/rows.ts";
import type { TokenStream } from "../data/stream.ts";
import type { Loaded, Store, Values } from "../device/device.ts";
import { entries } from "../device/device.ts";
import type { Checkpoint, Counters } from "../runs/checkpoint.ts";
import { writeCheckpoint } from "../runs/checkpoint.ts";
import type { RunContext } from "./context.ts";
import type { StepEvent } from "./events.ts";
import type { StageProgress } from "./progress.ts";
import { scheduleVariables } from "./progress.ts";

/** A stage in training: the device's program and state, and the host's counters. */
export class Trainer {
  readonly store: Store;
  readonly #plan: TrainPlan;
  readonly #context: RunContext;
  readonly #progress: StageProgress;
  readonly #stream: TokenStream;
  readonly #loaded: Loaded;
  /** Everything that a checkpoint holds. */
  readonly #states: readonly string[];
  #rows: AsyncIterator<TokensRow> | undefined;
  #counters: Counters = { step: 0, rows: 0, tokens: 0, elapsed: 0 };

  private constructor(
    plan: TrainPlan,
    context: RunContext,
    progress: StageProgress,
    stream: TokenStream,
    loaded: Loaded,
    store: Store,
  ) {
    this.#plan = plan;
    this.#context = context;
    this.#progress = progress;
    this.#stream = stream;
    this.#loaded = loaded;
    this.store = store;
    this.#states = store.names;
  }

  /** Loads the step's program and makes the initial state. */
  static async open(
    plan: TrainPlan,
    context: RunContext,
    progress: StageProgress,
    stream: TokenStream,
  ): Promise<Trainer> {
    const { device, compiler } = context.options;
    const microBatches = plan.batchRows / plan.microBatchRows;
    invariant(Number.isInteger(microBatches), "a batch is a number of micro-batches");
    const executable = compiler.compile({
      kind: "train",
      stage: plan.address,
      rows: plan.microBatchRows,
      time: plan.rowTokens,
      microBatches,
    });
    const store = device.openStore();
    const initial = compiler.initialise({
      kind: "initialise",
      stage: plan.address,
      seed: plan.seed,
    });
    for (const { name, shape, values } of initial) {
      const element = values instanceof Float32Array ? "f32" : "i32";
      store.create({ name, shape, element }, values);
    }
    const loaded = await device.load(executable);
    return new Trainer(plan, context, progress, stream, loaded, store);
  }

  get counters(): Counters {
    return this.#counters;
  }

  get programFacts(): Loaded["facts"] {
    return this.#loaded.facts;
  }

  /** Bytes of everything that a checkpoint holds. */
  get stateBytes(): number {
    const sizes = this.#states.map((name) => 4 * entries(this.store.port(name).shape));
    return sizes.reduce((sum, bytes) => sum + bytes, 0);
  }

  async restore(checkpoint: Checkpoint): Promise<void> {
    await checkpoint.restore(this.store);
    this.#counters = checkpoint.counters;
    this.#rows = undefined;
  }

  async checkpoint(folder: string): Promise<void> {
    await writeCheckpoint(this.#context.disk, folder, this.store, this.#states, this.#counters);
  }

  /** A state that has left the numbers, though the loss of its step has not. */
  async nonFiniteState(): Promise<{ readonly name: string; readonly value: number } | undefined> {
    for (const name of this.#states) {
      const value = (await this.store.read(name)).find((entry) => !Number.isFinite(entry));
      if (value !== undefined) return { name: `state \`${name}\``, value };
    }
    return undefined;
  }

  /** A copy of every state, for a comparison. */
  async states(): Promise<ReadonlyMap<string, Values>> {
    const states = new Map<string, Values>();
    for (const name of this.#states) states.set(name, await this.store.read(name));
    return states;
  }

  /** What the next step is given. Asking twice without a step between gives the same. */
  async inputs(): Promise<{
    readonly data: Readonly<Record<string, Values>>;
    readonly variables: Readonly<Record<string, number>>;
  }> {
    this.#rows = undefined;
    return this.#nextInputs();
  }

  /** One optimizer step. */
  async step(): Promise<StepEvent> {
    const { clock } = this.#context;
    const { data, variables } = await this.#nextInputs();
    const begin = clock();
    const outputs = await this.#loaded.run(this.store, { data, variables, read: true });
    const elapsed = clock() - begin;
    const { step, rows, tokens } = this.#counters;
    const { batchRows, learningRate, address } = this.#plan;
    this.#counters = {
      step: step + 1,
      rows: rows + batchRows,
      tokens: tokens + this.#progress.tokens,
      elapsed: this.#counters.elapsed + elapsed,
    };
    return {
      event: "step",
      stage: address,
      step: step + 1,
      steps: this.#progress.length,
      loss: scalar(outputs, "loss"),
      learning_rate:
        learningRate === undefined ? undefined : evaluateScalar(learningRate, variables),
      tokens_per_second: Math.round((1000 * this.#progress.tokens) / Math.max(elapsed, 1e-3)),
      gradient_norm: scalar(outputs, "gradient_norm"),
      count: scalar(outputs, "count"),
      seconds: this.#counters.elapsed / 1000,
    };
  }

  async close(): Promise<void> {
    await this.#loaded.close();
    this.store.dispose();
  }

  async #nextInputs(): ReturnType<Trainer["inputs"]> {
    this.#rows ??= this.#stream.rows(this.#counters.rows)[Symbol.asyncIterator]();
    const batch: TokensRow[] = [];
    while (batch.length < this.#plan.batchRows) {
      const { value, done } = await this.#rows.next();
      invariant(done !== true, "a stream of rows has no end");
      batch.push(value);
    }
    return {
      data: packRows(batch, this.#loaded.executable),
      variables: scheduleVariables(this.#progress, this.#counters.step),
    };
  }
}

function scalar(outputs: Readonly<Record<string, Values>>, name: string): number {
  const [value] = outputs[name] ?? [];
  invariant(value !== undefined, `a training step gives ${name}`);
  return value;
}
