import { emptyFile, missingFile } from "../../program/diagnostics/catalogue/files.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { Host } from "../../program/host.ts";
import { invariant } from "../../program/invariant.ts";
import type { Pipeline, TokenizerPlan } from "../../program/pipeline.ts";
import { refuse } from "../refusal.ts";
import type { TextTokenizer } from "../text/tokenizer.ts";
import { tokenizerNamed } from "../text/tokenizers.ts";
import type { Rows } from "./rows.ts";
import type { SourceContext } from "./source.ts";
import { sourceNamed } from "./sources/table.ts";

/** What one command has read of the world: files, learnt tokenizers and opened rows, each once. */
export interface DataContext extends SourceContext {
  /** SHA-256 of every data file that was read, by path. */
  readonly digests: ReadonlyMap<string, string>;
}

/** A context that reads through the host. What was read stays in memory as long as the context. */
export function openContext(host: Host): DataContext {
  const digests = new Map<string, string>();
  const files = new Map<string, Promise<Uint8Array | undefined>>();
  const tokenizers = new Map<string, Promise<TextTokenizer>>();
  const opened = new Map<string, Promise<Rows>>();

  const context: DataContext = {
    digests,
    async file(path, place) {
      const bytes = await once(files, path, () => host.readBytes(path));
      if (bytes === undefined) return refuse(diagnose(missingFile, place, { path }));
      if (bytes.length === 0) return refuse(diagnose(emptyFile, place, { path }));
      if (!digests.has(path)) digests.set(path, await host.digest(bytes));
      return bytes;
    },
    tokenizer: (plan) =>
      once(tokenizers, dataKey(plan), () => {
        const source = tokenizerNamed(plan.tokenizer);
        invariant(source !== undefined, `there is a tokenizer ${plan.tokenizer}`);
        return source.learn(plan, context);
      }),
    rows(pipeline, epoch) {
      const source = sourceNamed(pipeline.source);
      invariant(source !== undefined, `there is a data function ${pipeline.source}`);
      const ordered = changesOrder(pipeline) ? epoch : 0;
      const key = `${ordered} ${dataKey(pipeline)}`;
      // Of an order that changes, only the present epoch is kept.
      if (ordered > 0) opened.delete(`${ordered - 1} ${dataKey(pipeline)}`);
      return once(opened, key, () => source.open(pipeline, context, ordered));
    },
  };
  return context;
}

/** Text that is equal for equal data: the plan without the places of its words. */
export function dataKey(plan: Pipeline | TokenizerPlan): string {
  return JSON.stringify(plan, (name, value: unknown) => (name === "place" ? undefined : value));
}

function changesOrder(pipeline: Pipeline): boolean {
  switch (sourceNamed(pipeline.source)?.order) {
    case "fixed":
      return false;
    case "of the epoch":
      return true;
    default:
      return pipeline.inputs.some(changesOrder);
  }
}

function once<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}
