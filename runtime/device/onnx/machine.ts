import { availableParallelism, cpus } from "node:os";
import type { OnnxDeviceOptions } from "./open.ts";

/** All processors of this machine, one thread each. */
export function thisMachine(): OnnxDeviceOptions {
  const model = cpus()[0]?.model.trim() ?? "";
  return { threads: availableParallelism(), processor: model === "" ? process.arch : model };
}
