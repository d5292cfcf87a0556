import type { ExportPlan, ModelPlan, TrainPlan } from "../../program/stage-plan.ts";
import type { Axis } from "../operations/tensor.ts";
import type { InstanceValue, MetricValue, ParameterValue, RecordValue, Value } from "./value.ts";
import type { Site } from "./world.ts";

/** A parameter of a stage's model with its name and, in a repeated module, the stack's axis. */
export interface PlacedParameter {
  readonly parameter: ParameterValue;
  readonly path: string;
  readonly state: string;
  /** Memory order of the state: the stack's axis first. */
  readonly axes: readonly Axis[];
  readonly stack: Axis | undefined;
  readonly trainable: boolean;
}

/** A model as a stage holds it. */
export interface PlacedModel {
  readonly instance: InstanceValue;
  readonly parameters: readonly PlacedParameter[];
  readonly plan: ModelPlan;
}

export interface MeasuredFunction {
  readonly name: string;
  readonly metric: MetricValue;
}

export interface SampledFunction {
  readonly name: string;
  /** (logits, chance, temperature) → token. */
  readonly sampler: Value;
  readonly site: Site;
}

export interface TrainStage {
  readonly kind: "train";
  readonly plan: TrainPlan;
  readonly site: Site;
  readonly model: PlacedModel;
  readonly objective: Value;
  readonly optimizer: RecordValue;
  readonly recompute: boolean;
  readonly measured: readonly MeasuredFunction[];
  readonly sampled: readonly SampledFunction[];
}

export interface ExportStage {
  readonly kind: "export";
  readonly plan: ExportPlan;
  readonly site: Site;
  readonly from: TrainStage;
}

/** A stage with what its programs are built from. */
export type Stage = TrainStage | ExportStage;

export function trainStages(stages: readonly Stage[]): readonly TrainStage[] {
  return stages.filter((stage): stage is TrainStage => stage.kind === "train");
}
