import type { Compiler } from "../../program/compile-request.ts";
import { emptyPrompt, promptTooLong } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { Place } from "../../program/diagnostics/diagnostic.ts";
import { invariant } from "../../program/invariant.ts";
import { randomState, uniform } from "../../program/random.ts";
import { packRows } from "../data/batch.ts";
import type { TokensRow } from "../data/rows.ts";
import type { Device, Loaded, Store } from "../device/device.ts";
import { refuse } from "../refusal.ts";
import type { TextTokenizer } from "../text/tokenizer.ts";

export interface GeneratorOptions {
  readonly device: Device;
  readonly compiler: Compiler;
  readonly stage: string;
  /** The decoding function, as `SamplePlan.function` names it. */
  readonly function: string;
  /** Holds the parameters; what the decoder remembers is added to it. */
  readonly store: Store;
  readonly tokenizer: TextTokenizer;
  /** Tokens of prompt and continuation that there is room for. */
  readonly maximum: number;
}

export interface Prompt {
  readonly prompt: string;
  readonly maxTokens: number;
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  readonly seed: number;
  readonly place: Place;
  /** Is given the text as it grows, whole characters at a time. */
  readonly onText?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface Generated {
  /** What follows the prompt. */
  readonly text: string;
  readonly tokens: readonly number[];
  readonly stoppedBy: "length" | "signal";
}

export interface Generator {
  generate(prompt: Prompt): Promise<Generated>;
  /** Frees the programs and what they remember; the parameters stay. */
  close(): Promise<void>;
}

/** Positions of a prompt that are read at a time; the rest are read one by one as they are drawn. */
const promptChunk = 32;

/** Memory is made for a multiple of this, so that near lengths share a program. */
const capacityStep = 64;

/** Compiles the decoder of a stage at two chunk sizes: for the prompt, and for one token. */
export async function openGenerator(options: GeneratorOptions): Promise<Generator> {
  const { device, compiler, store, tokenizer } = options;
  const capacity = capacityStep * Math.ceil((options.maximum + promptChunk) / capacityStep);
  const load = (chunk: number): Promise<Loaded> => {
    const { stage, function: name } = options;
    return device.load(
      compiler.compile({ kind: "decode", stage, function: name, rows: 1, chunk, capacity }),
    );
  };
  const long = await load(promptChunk);
  const short = await load(1);
  const remembered = rememberedStates(store, [long, short]);

  return {
    async generate({ prompt, maxTokens, temperature, seed, place, onText, signal }) {
      const ids = tokenizer.encode(prompt);
      if (ids.length === 0) refuse(diagnose(emptyPrompt, place, {}));
      const room = capacity - promptChunk;
      if (ids.length + maxTokens > room) {
        refuse(diagnose(promptTooLong, place, { tokens: ids.length, capacity: room - maxTokens }));
      }
      forget(store, remembered);
      const state = randomState(seed, "sample");
      const advance = async (loaded: Loaded, chunk: Int32Array, from: number): Promise<number> => {
        const data = {
          ...packRows([row(chunk, from)], loaded.executable),
          chance: Float32Array.of(uniform(state, from + chunk.length)),
        };
        const { token } = await loaded.run(store, { data, variables: { temperature }, read: true });
        const [next] = token ?? [];
        invariant(next !== undefined, "a decoder gives a token");
        return next;
      };

      let next = 0;
      for (let from = 0; from < ids.length; from += promptChunk) {
        next = await advance(long, ids.subarray(from, from + promptChunk), from);
      }
      const tokens: number[] = [];
      const decoder = tokenizer.decoder();
      let text = "";
      const say = (more: string): void => {
        text += more;
        if (more !== "") onText?.(more);
      };
      while (tokens.length < maxTokens && signal?.aborted !== true) {
        if (tokens.length > 0) {
          next = await advance(short, Int32Array.of(next), ids.length + tokens.length - 1);
        }
        tokens.push(next);
        say(decoder.push(next));
      }
      say(decoder.end());
      return { text, tokens, stoppedBy: tokens.length < maxTokens ? "signal" : "length" };
    },
    async close() {
      await long.close();
      await short.close();
      for (const name of remembered) store.dispose(name);
    },
  };
}

function row(id: Int32Array, from: number): TokensRow {
  return {
    id,
    position: Int32Array.from(id, (_, place) => from + place),
    segment: new Int32Array(id.length),
    weight: new Float32Array(id.length).fill(1),
    step: new Int32Array(id.length),
    real: new Int32Array(id.length).fill(1),
  };
}

/** Makes what the programs remember; all of them share it. */
function rememberedStates(store: Store, programs: readonly Loaded[]): readonly string[] {
  const made: string[] = [];
  for (const port of programs.flatMap(({ executable }) => executable.state)) {
    if (store.has(port.name)) continue;
    store.create(port);
    made.push(port.name);
  }
  return made;
}

function forget(store: Store, names: readonly string[]): void {
  for (const name of names) {
    const { element, shape } = store.port(name);
    const size = shape.reduce((product, extent) => product * extent, 1);
    store.write(name, element === "f32" ? new Float32Array(size) : new Int32Array(size));
  }
}
