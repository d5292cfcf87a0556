import type { CompileRequest, InitialState } from "../../program/compile-request.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { invariant } from "../../program/invariant.ts";
import { type GraphBuilder, optimise } from "../graph/index.ts";
import type { Step } from "../graph/step.ts";
import { type Elaborated, elaborate } from "./elaborate.ts";
import { decodeStep } from "./programs/decode.ts";
import { initialStates } from "./programs/initialise.ts";
import { measureStep } from "./programs/measure.ts";
import { trainStep } from "./programs/train.ts";
import { type TrainStage, trainStages } from "./stage.ts";
import type { World } from "./world.ts";

export type StepRequest = Exclude<CompileRequest, { kind: "initialise" }>;

export interface BuiltStep {
  /** Undefined where the recipe was refused. */
  readonly step: Step | undefined;
  readonly builder: GraphBuilder;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The graph of one program of a stage. The recipe is evaluated anew for each, so that a program does
 * not depend on which others were built before it. `after` is the last pass over the graph that is
 * done (`build`: none); without it all are.
 */
export function buildStep(elaborated: Elaborated, request: StepRequest, after?: string): BuiltStep {
  const { world, stage } = stageAnew(elaborated, request.stage);
  const { builder, diagnostics } = world;
  const built = stepOf(world, stage, request);
  const step = built === undefined || after === "build" ? built : optimise(builder, built, after);
  return { step, builder, diagnostics };
}

function stepOf(world: World, stage: TrainStage, request: StepRequest): Step | undefined {
  switch (request.kind) {
    case "train":
      return trainStep(world, stage, request);
    case "measure": {
      const measured = stage.measured.find((other) => other.name === request.function);
      invariant(measured !== undefined, `${request.stage} measures with no ${request.function}`);
      return measureStep(world, stage, measured, request);
    }
    case "decode": {
      const sampled = stage.sampled.find((other) => other.name === request.function);
      invariant(sampled !== undefined, `${request.stage} samples with no ${request.function}`);
      return decodeStep(world, stage, sampled, request);
    }
  }
}

/** Values of every state of a stage before its first step. */
export function initialise(
  elaborated: Elaborated,
  request: Extract<CompileRequest, { kind: "initialise" }>,
): readonly InitialState[] {
  const { world, stage } = stageAnew(elaborated, request.stage);
  return initialStates(world, stage, request.seed);
}

function stageAnew(
  elaborated: Elaborated,
  address: string,
): { readonly world: World; readonly stage: TrainStage } {
  const { world, stages } = elaborate(elaborated.program, elaborated.options);
  const stage = trainStages(stages).find((other) => other.plan.address === address);
  invariant(stage !== undefined, `there is no training stage ${address}`);
  return { world, stage };
}
