import { openCompiler } from "../compiler/compile.ts";
import type { Elaborated } from "../compiler/elaborate/elaborate.ts";
import { profileOf } from "../compiler/kernels/profile.ts";
import type { Compiler } from "../program/compile-request.ts";
import type { Device } from "../runtime/device/device.ts";

/** The compiler of a recipe for a device that was opened: what the runtime calls back. */
export function compilerFor(elaborated: Elaborated, device: Device): Compiler {
  const { target, facts } = device;
  return openCompiler(
    elaborated,
    target === "cpu" ? { target } : { target, profile: profileOf(facts) },
  );
}
