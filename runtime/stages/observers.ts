import type { EveryPlan, TrainPlan } from "../../program/stage-plan.ts";
import type { TokenStream } from "../data/stream.ts";
import type { RunContext } from "./context.ts";
import type { RunEvent } from "./events.ts";
import type { Generator } from "./generate.ts";
import { openGenerator } from "./generate.ts";
import type { Measurement } from "./measuring.ts";
import { openMeasurement } from "./measuring.ts";
import type { StageProgress } from "./progress.ts";
import { extentSteps } from "./progress.ts";
import type { Trainer } from "./trainer.ts";

type Observation = Extract<RunEvent, { event: "measure" | "sample" }>;

/** What is measured and sampled now and then; programs are made when they are first needed. */
export class Observers {
  readonly #plan: TrainPlan;
  readonly #context: RunContext;
  readonly #progress: StageProgress;
  readonly #stream: TokenStream;
  readonly #measurements = new Map<object, Measurement>();
  readonly #generators = new Map<string, Generator>();

  constructor(plan: TrainPlan, context: RunContext, progress: StageProgress, stream: TokenStream) {
    this.#plan = plan;
    this.#context = context;
    this.#progress = progress;
    this.#stream = stream;
  }

  /** What is due after a step; after the last one everything is. */
  async after(step: number, trainer: Trainer): Promise<readonly Observation[]> {
    const due = this.#plan.every.filter(
      ({ interval }) =>
        step % extentSteps(interval, this.#progress) === 0 || step === this.#progress.length,
    );
    const events: Observation[] = [];
    const stage = this.#plan.address;
    for (const every of due) {
      for (const { name, value } of await this.#measure(every, trainer)) {
        events.push({ event: "measure", stage, step, name, value });
      }
      for (const sample of every.samples) {
        const generator = await this.#generator(sample.function, trainer);
        const { text } = await generator.generate(sample);
        events.push({ event: "sample", stage, step, prompt: sample.prompt, text });
      }
    }
    return events;
  }

  async close(): Promise<void> {
    for (const measurement of this.#measurements.values()) await measurement.close();
    for (const generator of this.#generators.values()) await generator.close();
  }

  async #measure(every: EveryPlan, trainer: Trainer): ReturnType<Measurement["measure"]> {
    const values = [];
    for (const metric of every.metrics) {
      const known = this.#measurements.get(metric);
      const measurement =
        known ?? (await openMeasurement(this.#plan, metric, this.#stream.first, this.#context));
      this.#measurements.set(metric, measurement);
      values.push(...(await measurement.measure(trainer.store)));
    }
    return values;
  }

  async #generator(name: string, trainer: Trainer): Promise<Generator> {
    const known = this.#generators.get(name);
    if (known !== undefined) return known;
    const { tokenizer } = this.#stream.first;
    const lengths = this.#plan.every
      .flatMap(({ samples }) => samples)
      .map(({ prompt, maxTokens }) => tokenizer.encode(prompt).length + maxTokens);
    const { device, compiler } = this.#context.options;
    const generator = await openGenerator({
      device,
      compiler,
      stage: this.#plan.address,
      function: name,
      store: trainer.store,
      tokenizer,
      maximum: Math.max(...lengths),
    });
    this.#generators.set(name, generator);
    return generator;
  }
}
