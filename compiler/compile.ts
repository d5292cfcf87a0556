import type { Compiler } from "../program/compile-request.ts";
import type { Executable } from "../program/executable.ts";
import { invariant } from "../program/invariant.ts";
import { flopsOfStep } from "./budget/flops.ts";
import { buildStep, initialise, type StepRequest } from "./elaborate/build-step.ts";
import type { Elaborated } from "./elaborate/elaborate.ts";
import type { Step } from "./graph/step.ts";
import { type DeviceProfile, hardwareProfile } from "./kernels/profile.ts";
import { schedule } from "./kernels/schedule.ts";
import { layout } from "./layout/layout.ts";
import { emitOnnx } from "./targets/onnx/emit.ts";
import { emitWebGpu } from "./targets/webgpu/emit.ts";

export interface CompileOptions {
  readonly target: "cpu" | "webgpu";
  /** What the adapter is like; only the WebGPU target reads it. */
  readonly profile?: DeviceProfile;
}

/** A finished graph as what a device runs. */
export function compileStep(step: Step, options: CompileOptions): Executable {
  const ordered = layout(step);
  const flops = flopsOfStep(step);
  if (options.target === "cpu") return emitOnnx(ordered, { flops });
  const program = schedule(ordered, options.profile ?? hardwareProfile());
  return emitWebGpu(program, { flops });
}

/** The program that a request asks for. The recipe must have been checked without errors. */
export function compileRequest(
  elaborated: Elaborated,
  request: StepRequest,
  options: CompileOptions,
): Executable {
  const { step, diagnostics } = buildStep(elaborated, request);
  const [first] = diagnostics;
  invariant(step !== undefined, `a checked recipe was refused: ${first?.message ?? "no reason"}`);
  return compileStep(step, options);
}

/** What the runtime is given to make programs and first values with. */
export function openCompiler(elaborated: Elaborated, options: CompileOptions): Compiler {
  return {
    compile: (request) => compileRequest(elaborated, request, options),
    initialise: (request) => initialise(elaborated, request),
  };
}
