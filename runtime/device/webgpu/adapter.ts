import type { Facts } from "../device.ts";
import { quietly } from "./quietly.ts";

/** An adapter as `doctor` and the choice of a device see it. */
export interface AdapterSurvey {
  readonly description: string;
  readonly vendor: string;
  /** Computes on the processor; never chosen unless it was asked for. */
  readonly software: boolean;
  readonly facts: Facts;
}

export interface OpenedAdapter {
  readonly adapter: GPUAdapter;
  readonly survey: AdapterSurvey;
  /** Lets go of what the adapter needs; after the device is destroyed. */
  release(): void;
}

/** Dawn crashes when its instance is collected while a device of it lives, so it is kept here. */
const instances = new Set<GPU>();

/** The adapter that WebGPU prefers, or undefined where there is none. */
export async function openAdapter(): Promise<OpenedAdapter | undefined> {
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  const instance = create([]);
  instances.add(instance);
  const adapter = await quietly(() =>
    instance.requestAdapter({ powerPreference: "high-performance" }),
  );
  if (adapter === null) {
    instances.delete(instance);
    return undefined;
  }
  return { adapter, survey: surveyOf(adapter), release: () => instances.delete(instance) };
}

/** What adapters there are; opens nothing for long. */
export async function surveyAdapters(): Promise<readonly AdapterSurvey[]> {
  const opened = await openAdapter();
  if (opened === undefined) return [];
  opened.release();
  return [opened.survey];
}

function surveyOf(adapter: GPUAdapter): AdapterSurvey {
  const { info, limits } = adapter;
  const subgroups = adapter.features.has("subgroups");
  const software =
    info.isFallbackAdapter ||
    /llvmpipe|lavapipe|swiftshader|basic render/i.test(info.device + info.description);
  return {
    description: [info.device, info.description].filter((text) => text !== "").join(", "),
    vendor: info.vendor,
    software,
    facts: {
      vendor: info.vendor,
      architecture: info.architecture,
      adapter: info.device,
      driver: info.description,
      software,
      subgroups,
      subgroup_size: subgroups ? (info.subgroupMinSize ?? 1) : 1,
      subgroup_size_largest: subgroups ? (info.subgroupMaxSize ?? 1) : 1,
      storage_buffers: limits.maxStorageBuffersPerShaderStage,
      storage_binding_bytes: limits.maxStorageBufferBindingSize,
      buffer_bytes: limits.maxBufferSize,
      storage_alignment: limits.minStorageBufferOffsetAlignment,
      uniform_alignment: limits.minUniformBufferOffsetAlignment,
      workgroups: limits.maxComputeWorkgroupsPerDimension,
    },
  };
}
