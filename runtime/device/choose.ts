import { noAdapter, noOnnxRuntime } from "../../program/diagnostics/catalogue/devices.ts";
import { type DiagnosticKind, diagnose } from "../../program/diagnostics/define.ts";
import type { Outcome } from "../refusal.ts";
import type { Device } from "./device.ts";
import { loadBackend } from "./onnx/backend.ts";
import { thisMachine } from "./onnx/machine.ts";
import { openOnnxDevice } from "./onnx/open.ts";

/** A graphics adapter; `software` ones compute on the processor. */
export interface AdapterFound {
  readonly description: string;
  readonly software: boolean;
}

/** What this machine offers, and what a run would use. */
export interface DeviceSurvey {
  readonly chosen: "cpu" | "webgpu";
  readonly why: string;
  readonly onnx: {
    readonly package: "onnxruntime-node" | "onnxruntime-web" | undefined;
    readonly version: string | undefined;
    /** Why it is not the native package. */
    readonly problem: string | undefined;
  };
  readonly adapters: readonly AdapterFound[];
  /** Why there is no adapter, where something failed. */
  readonly problem: string | undefined;
}

export interface ChosenDevice {
  readonly device: Device;
  readonly why: string;
}

/** Looks at everything that could compute. */
export async function surveyDevices(): Promise<DeviceSurvey> {
  const [onnx, found] = await Promise.all([surveyOnnx(), surveyAdapters()]);
  const hardware = found.adapters.find((adapter) => !adapter.software);
  return { ...preferred(found.adapters, hardware), onnx, ...found };
}

/** Opens the device that was asked for, or the better one. A software adapter is never chosen unasked. */
export async function chooseDevice(
  target: "cpu" | "webgpu" | undefined,
): Promise<Outcome<ChosenDevice>> {
  const survey = target === "cpu" ? undefined : await surveyAdapters();
  const adapters = survey?.adapters ?? [];
  const hardware = adapters.find((adapter) => !adapter.software);
  if (target === "webgpu" || (target === undefined && hardware !== undefined)) {
    if (adapters.length === 0) return refused(noAdapter, { problem: survey?.problem });
  }
  try {
    const device = await openOnnxDevice(thisMachine());
    const { why } = target === "cpu" ? { why: "asked for" } : preferred(adapters, hardware);
    return { ok: true, value: { device, why } };
  } catch (problem) {
    return refused(noOnnxRuntime, { problem: messageOf(problem) });
  }
}

function preferred(
  adapters: readonly AdapterFound[],
  hardware: AdapterFound | undefined,
): Pick<DeviceSurvey, "chosen" | "why"> {
  if (hardware !== undefined) return { chosen: "webgpu", why: hardware.description };
  if (adapters.length === 0) return { chosen: "cpu", why: "no graphics adapter was found" };
  return { chosen: "cpu", why: "the only graphics adapter computes on the processor, more slowly" };
}

async function surveyAdapters(): Promise<Pick<DeviceSurvey, "adapters" | "problem">> {
  return { adapters: [], problem: undefined };
}

async function surveyOnnx(): Promise<DeviceSurvey["onnx"]> {
  try {
    const backend = await loadBackend(1);
    return { package: backend.package, version: backend.version, problem: backend.because };
  } catch (problem) {
    return { package: undefined, version: undefined, problem: messageOf(problem) };
  }
}

function refused<Facts>(kind: DiagnosticKind<Facts>, facts: Facts): Outcome<ChosenDevice> {
  return { ok: false, diagnostics: [diagnose(kind, { file: "" }, facts)] };
}

function messageOf(problem: unknown): string {
  return problem instanceof Error ? (problem.message.split("\n")[0] ?? "") : String(problem);
}
