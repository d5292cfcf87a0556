import { type CompileOptions, openCompiler } from "../compiler/compile.ts";
import type { Elaborated } from "../compiler/elaborate/elaborate.ts";
import { profileOf } from "../compiler/kernels/profile.ts";
import type { Compile, Compiler } from "../program/compile-request.ts";
import type { Executable } from "../program/executable.ts";
import type { Facts } from "../runtime/device/device.ts";

/** What the compiler has to know of a device, opened or only looked at. */
export interface TargetDevice {
  readonly target: "cpu" | "webgpu";
  readonly facts: Facts;
}

/**
 * The compiler of a recipe for a device: what the runtime calls back. The same request gives the
 * same program, so that what was compiled for the budget is what runs.
 */
export function compilerFor(elaborated: Elaborated, { target, facts }: TargetDevice): Compiler {
  const options: CompileOptions =
    target === "cpu" ? { target } : { target, profile: profileOf(facts) };
  const compiler = openCompiler(elaborated, options);
  const made = new Map<string, Executable>();
  const compile: Compile = (request) => {
    const key = JSON.stringify(request);
    const executable = made.get(key) ?? compiler.compile(request);
    made.set(key, executable);
    return executable;
  };
  return { compile, initialise: compiler.initialise };
}
