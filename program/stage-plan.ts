import type { Place } from "./diagnostics/diagnostic.ts";
import type { Pipeline, PlainValue, TokenizerPlan } from "./pipeline.ts";
import type { ScalarExpression } from "./scalar-expression.ts";

/** How long something lasts; `share` is a share of the stage, 0 to 1. */
export interface Extent {
  readonly unit: "steps" | "epochs" | "tokens" | "rounds" | "share";
  readonly amount: number;
}

/** One parameter of a model as the device holds it. */
export interface ParameterPlan {
  /** `blocks.attention.query.weight`; a repeated module's parameters are stacked along a first axis. */
  readonly path: string;
  /** Name of the state that holds it. */
  readonly state: string;
  /** Memory order, row-major; the stack's axis first. */
  readonly axes: readonly { readonly name: string; readonly size: number }[];
  /** How many modules are stacked; undefined for a parameter that stands alone. */
  readonly stack: number | undefined;
  readonly trainable: boolean;
}

/** One stored tensor of a foreign layout: `model.layers.3.self_attn.q_proj.weight`. */
export interface LayoutTensor {
  readonly name: string;
  readonly state: string;
  /** Entry of the stack, where the parameter is stacked. */
  readonly entry: number | undefined;
  /** Memory order of the stored tensor as positions in the parameter's axes (stack excluded). */
  readonly order: readonly number[];
  /** Stored shape; adjacent axes that the layout groups in parentheses are one. */
  readonly shape: readonly number[];
}

export interface LayoutPlan {
  readonly format: string;
  readonly architecture: string;
  readonly config: Readonly<Record<string, PlainValue>>;
  readonly tensors: readonly LayoutTensor[];
}

export interface ModelPlan {
  readonly name: string;
  readonly parameters: readonly ParameterPlan[];
  /** Numbers held, each counted once. */
  readonly parameterCount: number;
  readonly trainableCount: number;
  readonly vocabulary: number | undefined;
  readonly layout: LayoutPlan | undefined;
}

/** What a metric row needs: its settings, its data, and which functions the compiler makes for it. */
export interface MetricPlan {
  readonly metric: string;
  readonly data: Pipeline;
  readonly settings: Readonly<Record<string, PlainValue>>;
  /** Function to ask `compile` for. */
  readonly function: string;
  readonly place: Place;
}

export interface SamplePlan {
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly function: string;
  readonly place: Place;
}

export interface EveryPlan {
  readonly interval: Extent;
  readonly metrics: readonly MetricPlan[];
  readonly samples: readonly SamplePlan[];
}

export interface StagePlanBase {
  /** `base`, `final[1].attempts`. */
  readonly address: string;
  /** SHA-256 material: canonical text of all that the result depends on; the composer hashes it. */
  readonly keyMaterial: string;
  readonly place: Place;
  /** Addresses of the stages whose results this one reads. */
  readonly reads: readonly string[];
}

export interface TrainPlan extends StagePlanBase {
  readonly kind: "train";
  readonly model: ModelPlan;
  readonly data: Pipeline;
  readonly tokenizer: TokenizerPlan | undefined;
  /** Rows of an optimizer step, and of a micro-batch. */
  readonly batchRows: number;
  readonly microBatchRows: number;
  /** Tokens of a row, where the pipeline fixes them. */
  readonly rowTokens: number;
  readonly duration: Extent;
  readonly clip: number | undefined;
  readonly seed: number;
  readonly checkpointEvery: number;
  readonly every: readonly EveryPlan[];
  /** Learning rate from `step`, `length`, `epoch`, `tokens`, for progress and `plan`. */
  readonly learningRate: ScalarExpression | undefined;
  readonly objective: string;
}

export interface ExportPlan extends StagePlanBase {
  readonly kind: "export";
  /** Address of the stage whose checkpoint is written. */
  readonly from: string;
  readonly to: string;
  readonly layout: LayoutPlan;
}

export type StagePlan = TrainPlan | ExportPlan;

/** A promise of the recipe that is kept before any stage runs. */
export interface ContractPlan {
  readonly text: string;
  readonly place: Place;
  readonly kind: "parameters" | "peak_memory";
  readonly stage: string;
  readonly operator: "<" | "<=" | ">" | ">=" | "==" | "!=";
  readonly limit: number;
}

export interface RecipePlan {
  readonly stages: readonly StagePlan[];
  readonly contracts: readonly ContractPlan[];
  /** Sources of the recipe and of every module it uses, by path, for the run folder. */
  readonly sources: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, PlainValue>>;
}
