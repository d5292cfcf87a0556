import { buildStep } from "../compiler/elaborate/build-step.ts";
import type { Elaborated } from "../compiler/elaborate/elaborate.ts";
import { interpret } from "../compiler/graph/index.ts";
import type { NotFiniteStep } from "../runtime/stages/context.ts";
import { placeText, type Sources } from "./terminal/diagnostics.ts";

/**
 * Computes a training step that left the numbers once more, in the interpreter, and names the first
 * operation that made a NaN or an infinity; undefined where the interpreter finds none.
 */
export async function nameNonFinite(
  elaborated: Elaborated,
  found: NotFiniteStep,
  sources: Sources,
): Promise<string | undefined> {
  const plan = elaborated.plan.stages.find((stage) => stage.address === found.stage);
  if (plan?.kind !== "train") return undefined;
  const { step } = buildStep(elaborated, {
    kind: "train",
    stage: found.stage,
    rows: plan.microBatchRows,
    time: plan.rowTokens,
    microBatches: plan.batchRows / plan.microBatchRows,
  });
  if (step === undefined) return undefined;
  const values = { ...Object.fromEntries(found.states), ...found.data };
  const { nonFinite } = interpret(step, values, {
    precision: "f32",
    scalars: found.variables,
    findNonFinite: true,
  });
  if (nonFinite === undefined) return undefined;
  const { node, origins } = nonFinite;
  const [origin] = origins;
  if (origin === undefined) return node.operation;
  const { file, start, end, path } = origin;
  const place = placeText({ file, range: { start, end } }, sources);
  return `${node.operation} at ${place}${path === "" ? "" : `, in ${path}`}`;
}
