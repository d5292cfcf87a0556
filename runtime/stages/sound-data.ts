import { batchTooLarge, vocabularyDiffers } from "../../program/diagnostics/catalogue/run.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { TrainPlan } from "../../program/stage-plan.ts";
import type { DataContext } from "../data/context.ts";
import { openStream } from "../data/stream.ts";
import type { Outcome } from "../refusal.ts";
import { outcome, refuse } from "../refusal.ts";

/** Opens everything that a stage reads while it trains and measures, and refuses what it cannot use. */
export async function assertSoundData(plan: TrainPlan, data: DataContext): Promise<void> {
  const stream = await openStream(plan.data, data);
  if (stream.length < plan.batchRows) {
    refuse(diagnose(batchTooLarge, plan.place, { rows: stream.length, batch: plan.batchRows }));
  }
  const { size: tokenizer } = stream.first.tokenizer;
  const model = plan.model.vocabulary ?? tokenizer;
  if (tokenizer !== model) refuse(diagnose(vocabularyDiffers, plan.place, { tokenizer, model }));
  for (const { data: measured } of plan.every.flatMap(({ metrics }) => metrics)) {
    await openStream(measured, data);
  }
}

/** The same for `plan`, which says before a run what the run would be refused for. */
export function soundData(plan: TrainPlan, data: DataContext): Promise<Outcome<void>> {
  return outcome(() => assertSoundData(plan, data));
}
