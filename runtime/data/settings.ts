import { invariant } from "../../program/invariant.ts";
import type { Pipeline, PlainValue, TokenizerPlan } from "../../program/pipeline.ts";

interface WithSettings {
  readonly settings: Readonly<Record<string, PlainValue>>;
}

/** A number that the prelude's signature promises. */
export function numberSetting({ settings }: WithSettings, name: string): number {
  const value = settings[name];
  invariant(typeof value === "number", `the setting ${name} is a number`);
  return value;
}

/** A text that the prelude's signature promises. */
export function textSetting({ settings }: WithSettings, name: string): string {
  const value = settings[name];
  invariant(typeof value === "string", `the setting ${name} is a text`);
  return value;
}

/** The one pipeline that another reads. */
export function onlyInput(pipeline: Pipeline): Pipeline {
  const [input, ...more] = pipeline.inputs;
  invariant(input !== undefined && more.length === 0, `${pipeline.source} reads one pipeline`);
  return input;
}

export function onlyTokenizer(pipeline: Pipeline): TokenizerPlan {
  const [tokenizer, ...more] = pipeline.tokenizers;
  invariant(tokenizer !== undefined && more.length === 0, `${pipeline.source} has one tokenizer`);
  return tokenizer;
}
