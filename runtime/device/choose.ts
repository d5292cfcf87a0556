import { noAdapter, noOnnxRuntime } from "../../program/diagnostics/catalogue/devices.ts";
import { type DiagnosticKind, diagnose } from "../../program/diagnostics/define.ts";
import type { Outcome } from "../refusal.ts";
import type { Device } from "./device.ts";
import { loadBackend } from "./onnx/backend.ts";
import { thisMachine } from "./onnx/machine.ts";
import { openOnnxDevice } from "./onnx/open.ts";
import type { AdapterSurvey } from "./webgpu/adapter.ts";

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
  readonly adapters: readonly AdapterSurvey[];
  /** Why there is no adapter, where something failed. */
  readonly problem: string | undefined;
}

export interface ChosenDevice {
  readonly device: Device;
  readonly why: string;
}

/** Looks at everything that could compute. */
export async function surveyDevices(): Promise<DeviceSurvey> {
  const [onnx, found] = await Promise.all([surveyOnnx(), lookForAdapters()]);
  return { ...preferred(found.adapters), onnx, ...found };
}

/**
 * Opens the device that was asked for, or the better one. An adapter that computes in software is
 * never chosen unasked, and a target that was asked for is never replaced.
 */
export async function chooseDevice(
  target: "cpu" | "webgpu" | undefined,
): Promise<Outcome<ChosenDevice>> {
  if (target === "cpu") return openCpu("asked for");
  const found = await lookForAdapters();
  const choice = preferred(found.adapters);
  if (target === undefined && choice.chosen === "cpu") return openCpu(choice.why);
  const why = target === undefined ? choice.why : "asked for";
  try {
    const { openWebGpuDevice } = await import("./webgpu/open.ts");
    const device = await openWebGpuDevice();
    if (device !== undefined) return { ok: true, value: { device, why } };
    return refused(noAdapter, { problem: found.problem });
  } catch (problem) {
    return refused(noAdapter, { problem: messageOf(problem) });
  }
}

async function openCpu(why: string): Promise<Outcome<ChosenDevice>> {
  try {
    const device = await openOnnxDevice(thisMachine());
    return { ok: true, value: { device, why } };
  } catch (problem) {
    return refused(noOnnxRuntime, { problem: messageOf(problem) });
  }
}

function preferred(adapters: readonly AdapterSurvey[]): Pick<DeviceSurvey, "chosen" | "why"> {
  const hardware = adapters.find((adapter) => !adapter.software);
  if (hardware !== undefined) {
    return { chosen: "webgpu", why: `${hardware.description} is a graphics adapter` };
  }
  if (adapters.length === 0) return { chosen: "cpu", why: "no graphics adapter was found" };
  return { chosen: "cpu", why: "the only graphics adapter computes on the processor, more slowly" };
}

/** Adapters, or why none can be asked for: the driver's package may be missing or fail to load. */
async function lookForAdapters(): Promise<Pick<DeviceSurvey, "adapters" | "problem">> {
  try {
    const { surveyAdapters } = await import("./webgpu/adapter.ts");
    return { adapters: await surveyAdapters(), problem: undefined };
  } catch (problem) {
    return { adapters: [], problem: messageOf(problem) };
  }
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
