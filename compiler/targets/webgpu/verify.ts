import type { WebGpuExecutable } from "../../../program/executable.ts";
import type { DeviceLimits } from "../../kernels/profile.ts";
import { paddedBytes } from "./bindings.ts";

/**
 * What WebGPU would refuse in an executable's commands: too many, too large or misaligned bindings,
 * bindings beyond their buffer, and one buffer bound to be read and written, or in ranges that
 * overlap where one is written.
 */
export function verifyWebGpu(
  executable: WebGpuExecutable,
  limits: DeviceLimits,
): readonly string[] {
  const problems = new Set<string>();
  const sizes = bufferSizes(executable);
  const accesses = executable.shaders.map(({ code }) =>
    [...code.matchAll(/var<storage, (read|read_write)>/g)].map((match) => match[1]),
  );
  executable.commands.forEach((command, place) => {
    const bindings = command.kind === "dispatch" ? command.bindings : [command.from, command.to];
    for (const { buffer, offset, bytes } of bindings) {
      const size = sizes.get(buffer);
      if (size === undefined) problems.add(`command ${place}: no buffer ${buffer}`);
      else if (offset + bytes > size) problems.add(`command ${place}: beyond the end of ${buffer}`);
    }
    if (command.kind === "copy") return;
    const access = accesses[command.shader] ?? [];
    const label = `command ${place} (${executable.shaders[command.shader]?.label ?? "?"})`;
    if (access.length !== bindings.length) problems.add(`${label}: bindings of another shader`);
    if (bindings.length > limits.maxStorageBuffersPerShaderStage) {
      problems.add(`${label}: ${bindings.length} bindings`);
    }
    if (command.workgroups.some((count) => count > limits.maxWorkgroupsPerDimension)) {
      problems.add(`${label}: ${command.workgroups.join(" × ")} workgroups`);
    }
    bindings.forEach((one, index) => {
      if (one.offset % limits.storageAlignment !== 0) problems.add(`${label}: misaligned`);
      if (one.bytes > limits.maxStorageBufferBindingSize) problems.add(`${label}: too large`);
      bindings.slice(index + 1).forEach((other, further) => {
        if (one.buffer !== other.buffer) return;
        const [mine, theirs] = [access[index], access[index + 1 + further]];
        if (mine !== theirs) problems.add(`${label}: ${one.buffer} is read and written`);
        const apart =
          one.offset + one.bytes <= other.offset || other.offset + other.bytes <= one.offset;
        if (mine === "read_write" && !apart) problems.add(`${label}: ${one.buffer} overlaps`);
      });
    });
  });
  return [...problems];
}

function bufferSizes(executable: WebGpuExecutable): ReadonlyMap<string, number> {
  const sizes = new Map(executable.buffers.map(({ name, bytes }) => [name, bytes]));
  const add = (kind: string, ports: WebGpuExecutable["outputs"]) => {
    for (const { name, shape } of ports) {
      sizes.set(`${kind}:${name}`, paddedBytes(shape.reduce((all, size) => all * size, 1)));
    }
  };
  add("state", executable.state);
  add("data", executable.data);
  add("output", executable.outputs);
  return sizes;
}
