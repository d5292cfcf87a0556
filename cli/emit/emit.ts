import { flopsOfStep } from "../../compiler/budget/flops.ts";
import type { CheckedProgram } from "../../compiler/check-program.ts";
import { buildStep, type StepRequest } from "../../compiler/elaborate/build-step.ts";
import type { Elaborated } from "../../compiler/elaborate/elaborate.ts";
import { graphPasses, print } from "../../compiler/graph/index.ts";
import type { Step } from "../../compiler/graph/step.ts";
import { printKernels } from "../../compiler/kernels/print.ts";
import { hardwareProfile } from "../../compiler/kernels/profile.ts";
import { schedule } from "../../compiler/kernels/schedule.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { printOrdered } from "../../compiler/layout/print.ts";
import { emitOnnx } from "../../compiler/targets/onnx/emit.ts";
import { emitWebGpu } from "../../compiler/targets/webgpu/emit.ts";
import { invariant } from "../../program/invariant.ts";
import type { TrainPlan } from "../../program/stage-plan.ts";
import { treeText } from "./tree.ts";
import { typedText } from "./typed.ts";

export type Form = "tree" | "typed" | "stages" | "graph" | "ordered" | "kernels" | "wgsl" | "onnx";

/** Which forms there are; those that are `evaluated` need a recipe without errors. */
export const emitForms: Readonly<Record<Form, { readonly evaluated: boolean }>> = {
  tree: { evaluated: false },
  typed: { evaluated: false },
  stages: { evaluated: true },
  graph: { evaluated: true },
  ordered: { evaluated: true },
  kernels: { evaluated: true },
  wgsl: { evaluated: true },
  onnx: { evaluated: true },
};

export type Emitted =
  | { readonly kind: "text"; readonly stage: string | null; readonly text: string }
  | { readonly kind: "bytes"; readonly stage: string; readonly bytes: Uint8Array }
  | { readonly kind: "usage"; readonly message: string };

export interface EmitRequest {
  readonly as: Form;
  /** `base` for its training step, `base.sample` for another program of it. */
  readonly stage?: string;
  readonly after?: string;
}

/** A recipe that was checked, in one of its forms. */
export function emitForm(checked: CheckedProgram, request: EmitRequest): Emitted {
  const { typed, elaborated } = checked;
  switch (request.as) {
    case "tree": {
      const tree = typed.modules.get(typed.entry)?.tree;
      invariant(tree !== undefined, "the entry recipe was read");
      return { kind: "text", stage: null, text: treeText(tree) };
    }
    case "typed":
      return { kind: "text", stage: null, text: typedText(typed) };
    default:
      invariant(elaborated !== undefined, "a recipe without errors was evaluated");
      return evaluatedForm(elaborated, request);
  }
}

function evaluatedForm(elaborated: Elaborated, request: EmitRequest): Emitted {
  const { plan } = elaborated;
  if (request.as === "stages") {
    const stages = plan.stages.filter(
      ({ address }) => request.stage === undefined || address === request.stage,
    );
    const text = JSON.stringify(
      { stages, contracts: plan.contracts, inputs: plan.inputs },
      null,
      2,
    );
    return { kind: "text", stage: request.stage ?? null, text };
  }
  const passes = graphPasses.map(({ name }) => name);
  if (request.after !== undefined && !passes.includes(request.after)) {
    return usage(`there is no pass ${request.after}; those of the graph are ${passes.join(", ")}`);
  }
  const programs = programsOf(plan.stages.filter((stage) => stage.kind === "train"));
  const [first] = programs.keys();
  if (first === undefined) return usage("no stage of this recipe computes steps");
  const name = request.stage ?? first;
  const program = programs.get(name);
  if (program === undefined) {
    return usage(`there is no program ${name}; there are ${[...programs.keys()].join(", ")}`);
  }
  const { step } = buildStep(elaborated, program, request.after);
  invariant(step !== undefined, "a checked recipe was not refused");
  return formOf(step, name, request.as);
}

function usage(message: string): Emitted {
  return { kind: "usage", message };
}

function formOf(step: Step, stage: string, form: Form): Emitted {
  if (form === "graph") return { kind: "text", stage, text: print(step) };
  const ordered = layout(step);
  if (form === "ordered") return { kind: "text", stage, text: printOrdered(ordered) };
  const flops = flopsOfStep(step);
  if (form === "onnx") return { kind: "bytes", stage, bytes: emitOnnx(ordered, { flops }).model };
  const program = schedule(ordered, hardwareProfile());
  if (form === "kernels") return { kind: "text", stage, text: printKernels(program) };
  const shaders = emitWebGpu(program, { flops }).shaders;
  const text = shaders.map(({ label, code }) => `// ---- ${label}\n${code.trimEnd()}\n`).join("\n");
  return { kind: "text", stage, text };
}

/** The programs of training stages by name: the step itself, and what measures and samples. */
function programsOf(stages: readonly TrainPlan[]): ReadonlyMap<string, StepRequest> {
  const programs = new Map<string, StepRequest>();
  for (const plan of stages) {
    const { address: stage, microBatchRows: rows, rowTokens: time } = plan;
    const microBatches = plan.batchRows / rows;
    programs.set(stage, { kind: "train", stage, rows, time, microBatches });
    for (const { metrics } of plan.every) {
      for (const { function: name } of metrics) {
        programs.set(`${stage}.${name}`, { kind: "measure", stage, function: name, rows, time });
      }
    }
    const names = plan.every.flatMap(({ samples }) => samples.map((sample) => sample.function));
    for (const name of new Set(["sample", ...names])) {
      const request = { kind: "decode", stage, function: name, rows: 1, chunk: 1 } as const;
      programs.set(`${stage}.${name}`, { ...request, capacity: time });
    }
  }
  return programs;
}
