/** What an adapter can bind and dispatch; sizes in bytes. */
export interface DeviceLimits {
  readonly maxStorageBuffersPerShaderStage: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
  /** Offsets of bindings are multiples of this; at least 4. */
  readonly storageAlignment: number;
  readonly maxWorkgroupsPerDimension: number;
}

/** Facts of a kind of device that schedules follow; no schedule has them as constants. */
export interface DeviceProfile {
  readonly name: string;
  /** Lanes of a subgroup; 1 where the adapter has no subgroup operations. */
  readonly subgroupSize: number;
  /** `dear`: no barriers and no workgroup memory; `cheap`: workgroups share tiles and reduce trees. */
  readonly barrierCost: "cheap" | "dear";
  /** Invocations of a workgroup for loops without shared memory: few where there are few rows. */
  readonly workgroup: { readonly smallest: number; readonly largest: number };
  /** Invocations that should be in flight; fewer rows than this are split into pieces. */
  readonly occupancy: number;
  /** Entries that one invocation of an element-wise loop handles where all of it is contiguous. */
  readonly vector: 1 | 4;
  /** Product kernels take element-wise consumers in; costs compile time where tiles are unrolled. */
  readonly productEpilogue: boolean;
  readonly limits: DeviceLimits;
}

/** Every WebGPU adapter has at least these. */
export const defaultLimits: DeviceLimits = {
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 134_217_728,
  maxBufferSize: 268_435_456,
  storageAlignment: 256,
  maxWorkgroupsPerDimension: 65_535,
};

/** Schedules for hardware: workgroup tiles, tree reductions. */
export function hardwareProfile(limits: DeviceLimits = defaultLimits): DeviceProfile {
  return {
    name: "hardware",
    subgroupSize: 1,
    barrierCost: "cheap",
    workgroup: { smallest: 64, largest: 64 },
    occupancy: 4096,
    vector: 1,
    productEpilogue: true,
    limits,
  };
}

/** Mesa's software Vulkan: 8 lanes in a vector register, loads dear, barriers dearer. */
export function softwareProfile(limits: DeviceLimits = defaultLimits): DeviceProfile {
  return {
    name: "software",
    subgroupSize: 8,
    barrierCost: "dear",
    workgroup: { smallest: 8, largest: 256 },
    occupancy: 64,
    vector: 4,
    productEpilogue: false,
    limits,
  };
}

/** What an opened adapter says of itself; the names are those of a WebGPU device's facts. */
export type AdapterFacts = Readonly<Record<string, string | number | boolean>>;

/** The profile of an adapter; limits that it does not tell are those that every adapter has. */
export function profileOf(facts: AdapterFacts): DeviceProfile {
  const number = (name: string, otherwise: number) => {
    const value = facts[name];
    return typeof value === "number" ? value : otherwise;
  };
  const limits: DeviceLimits = {
    maxStorageBuffersPerShaderStage: number(
      "storage_buffers",
      defaultLimits.maxStorageBuffersPerShaderStage,
    ),
    maxStorageBufferBindingSize: number(
      "storage_binding_bytes",
      defaultLimits.maxStorageBufferBindingSize,
    ),
    maxBufferSize: number("buffer_bytes", defaultLimits.maxBufferSize),
    storageAlignment: Math.max(256, number("storage_alignment", defaultLimits.storageAlignment)),
    maxWorkgroupsPerDimension: number("workgroups", defaultLimits.maxWorkgroupsPerDimension),
  };
  const eight = facts["subgroup_size"] === 8 && facts["subgroup_size_largest"] === 8;
  return facts["software"] === true && eight ? softwareProfile(limits) : hardwareProfile(limits);
}
