import type { Pipeline, PlainValue, TokenizerPlan } from "../../program/pipeline.ts";
import { resolvePath } from "../check/paths.ts";
import { plainValue } from "./plain.ts";
import type { RowCall } from "./rows.ts";
import { record, type Value } from "./value.ts";
import { placeOf, refuse, type World } from "./world.ts";

/** A data function: nothing is read, the pipeline says what will be. */
export function callSource(world: World, row: string, call: RowCall): Value {
  const parts = partsOf(world, call);
  if (!isParts(parts)) return parts;
  const pipeline: Pipeline = {
    source: row,
    inputs: parts.inputs,
    tokenizers: parts.tokenizers,
    settings: parts.settings,
    part: undefined,
    place: placeOf(call.site),
  };
  const { result } = call.item;
  if (result?.kind !== "record-type") return { kind: "pipeline", pipeline };
  return record(
    result.fields.map((field) => {
      const part = field.name.text;
      return [part, { kind: "pipeline", pipeline: { ...pipeline, part } }] as const;
    }),
  );
}

/** A tokenizer that is learnt from data. */
export function callTokenizer(world: World, row: string, call: RowCall): Value {
  const parts = partsOf(world, call);
  if (!isParts(parts)) return parts;
  const [data] = parts.inputs;
  if (data === undefined) return refuse(world, call.site, "data to learn from", { kind: "none" });
  const { settings } = parts;
  return {
    kind: "tokenizer",
    plan: { tokenizer: row, data, settings, place: placeOf(call.site) },
  };
}

interface Parts {
  readonly inputs: readonly Pipeline[];
  readonly tokenizers: readonly TokenizerPlan[];
  readonly settings: Readonly<Record<string, PlainValue>>;
}

function isParts(value: Parts | Value): value is Parts {
  return "inputs" in value;
}

function partsOf(world: World, call: RowCall): Parts | Value {
  const inputs: Pipeline[] = [];
  const tokenizers: TokenizerPlan[] = [];
  const settings: Record<string, PlainValue> = {};
  for (const [name, value] of call.values) {
    switch (value.kind) {
      case "unknown":
        return value;
      case "pipeline":
        inputs.push(value.pipeline);
        break;
      case "tokenizer":
        tokenizers.push(value.plan);
        break;
      case "text":
        // Text that a recipe writes as a path is relative to the recipe that wrote it.
        settings[name] = name === "path" ? resolvePath(value.file, value.value) : value.value;
        break;
      default: {
        const plain = plainValue(value);
        if (plain === undefined) return refuse(world, call.site, `data for \`${name}\``, value);
        settings[name] = plain;
      }
    }
  }
  return { inputs, tokenizers, settings };
}

/** Settings of data functions that fix how many tokens a row has. */
const rowLengths: Readonly<Record<string, string>> = { chunks: "length" };

/** How many tokens each row of a pipeline has; undefined where they differ. */
export function rowTokensOf(pipeline: Pipeline): number | undefined {
  const name = rowLengths[pipeline.source];
  const length = name === undefined ? undefined : pipeline.settings[name];
  if (typeof length === "number") return length;
  const [input] = pipeline.inputs;
  return input && rowTokensOf(input);
}
