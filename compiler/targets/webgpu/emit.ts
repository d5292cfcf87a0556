import type {
  WebGpuBinding,
  WebGpuCommand,
  WebGpuExecutable,
} from "../../../program/executable.ts";
import { invariant } from "../../../program/invariant.ts";
import type { ScalarExpression } from "../../../program/scalar-expression.ts";
import { flopsOfKernel } from "../../kernels/cost.ts";
import type {
  HostScalar,
  Kernel,
  KernelProgram,
  Place,
  ProgramItem,
  Storage,
} from "../../kernels/program.ts";
import { axesAttribute } from "../../operations/attributes.ts";
import type { Axis, Element } from "../../operations/tensor.ts";
import {
  type BoundOperands,
  bind,
  type Iterations,
  paddedBytes,
  rangeOf,
  resolve,
  windowName,
} from "./bindings.ts";
import { type NestShader, nestShader } from "./nest-shader.ts";
import { type ProductShader, productShader } from "./product-shader.ts";
import { infinityBits } from "./shader.ts";

/** Estimated FLOPs of one submission: some 200 ms on a slow adapter. */
const flopsOfSubmission = 2e10;

export interface WebGpuOptions {
  /** FLOPs of a run, for reports; counted on the graph. */
  readonly flops: number;
  /** Values of host inputs that were separated from the step; others are variables of the run. */
  readonly scalars?: readonly HostScalar[];
}

/** The kernels as WGSL, and the commands of one run in order. */
export function emitWebGpu(program: KernelProgram, options: WebGpuOptions): WebGpuExecutable {
  const { step } = program.ordered;
  const shaders: { readonly label: string; readonly code: string }[] = [];
  const shaderKeys = new Map<string, number>();
  const commands: WebGpuCommand[] = [];
  const splits: number[] = [];
  let flops = 0;

  const shaderOf = (label: string, code: string): number => {
    const known = shaderKeys.get(code);
    if (known !== undefined) return known;
    shaders.push({ label, code });
    shaderKeys.set(code, shaders.length - 1);
    return shaders.length - 1;
  };

  /** Iterations of a loop mostly bind alike, and then share their text. */
  const texts = new Map<Kernel, Map<string, NestShader | ProductShader>>();
  function textOf(kernel: Kernel, bound: BoundOperands): NestShader | ProductShader {
    const known = texts.get(kernel) ?? new Map<string, NestShader | ProductShader>();
    texts.set(kernel, known);
    const key = JSON.stringify([bound.slots, bound.operands.map((operand) => operand.slot)]);
    const made =
      known.get(key) ??
      (kernel.kind === "nest" ? nestShader(kernel, bound) : productShader(kernel, bound));
    known.set(key, made);
    return made;
  }

  function dispatch(kernel: Kernel, iterations: Iterations): void {
    const bound = bind(program, kernel, iterations);
    const shader = textOf(kernel, bound);
    const folded = fold(shader.workgroups, program.profile.limits.maxWorkgroupsPerDimension);
    const perGroup =
      kernel.kind === "nest" && kernel.schedule.kind === "lane" ? kernel.schedule.workgroup : 1;
    const values = shader.values.map((value, index) =>
      shader.fields[index] === "across" ? folded[0] * perGroup : value,
    );
    commands.push({
      kind: "dispatch",
      shader: shaderOf(kernel.label, shader.code),
      bindings: bound.bindings,
      uniforms: [...bound.operands.map((operand) => operand.base), ...values, infinityBits],
      workgroups: [folded[0], folded[1], 1],
    });
    flops += flopsOfKernel(kernel);
    if (flops >= flopsOfSubmission) {
      splits.push(commands.length);
      flops = 0;
    }
  }

  function range(place: Place, words: number, iterations: Iterations): WebGpuBinding {
    const at = resolve(place, iterations);
    const storage = program.storages[at.storage];
    invariant(storage !== undefined, "a copy without storage");
    const whole = rangeOf(program, storage);
    return { buffer: whole.buffer, offset: whole.offset + 4 * at.offset, bytes: 4 * words };
  }

  function run(items: readonly ProgramItem[], iterations: Iterations): void {
    for (const item of items) {
      switch (item.kind) {
        case "kernel":
          dispatch(item.kernel, iterations);
          break;
        case "copy":
          commands.push({
            kind: "copy",
            from: range(item.from, item.words, iterations),
            to: range(item.to, item.words, iterations),
          });
          break;
        case "loop":
          for (let ordinal = 0; ordinal < item.count; ordinal += 1) {
            const entry = item.reverse ? item.count - 1 - ordinal : ordinal;
            run(item.body, new Map([...iterations, [item.loop, { ordinal, entry }]]));
          }
          break;
      }
    }
  }
  run(program.items, new Map());

  const port = (name: string, axes: readonly Axis[], element: Element) => ({
    name,
    shape: axes.map((axis) => axis.size),
    element: element === "real" ? ("f32" as const) : ("i32" as const),
  });
  const written = new Set(step.carried.map((carry) => carry.state));
  const inputs = (role: "state" | "data") =>
    step.inputs
      .filter((input) => input.role === role)
      .map((input) =>
        port(input.name, axesAttribute(input.node.attributes, "axes"), input.node.element),
      );
  const tables = program.storages.filter((storage) => storage.kind === "table");
  const buffers = [
    ...program.memory.windows.map((bytes, window) => ({ name: windowName(window), bytes })),
    ...tables.map((table) => ({ name: `table:${table.name}`, bytes: paddedBytes(table.words) })),
    ...(program.scalars.length > 0
      ? [{ name: "scalars", bytes: paddedBytes(program.scalars.length) }]
      : []),
  ];
  const own = program.storages
    .filter((storage) => storage.kind === "data" || storage.kind === "output")
    .reduce((sum, storage) => sum + paddedBytes(storage.words), 0);
  return {
    target: "webgpu",
    name: step.name,
    data: inputs("data"),
    scalars: program.scalars.map(({ name, value }) => ({
      name,
      value: substituted(value, options.scalars ?? []),
    })),
    state: inputs("state").map((state) => ({ ...state, written: written.has(state.name) })),
    outputs: step.outputs.map(({ name, node }) => port(name, node.axes, node.element)),
    flops: options.flops,
    temporaryBytes:
      own + buffers.reduce((sum, buffer) => sum + buffer.bytes, 0) + uniformBytes(commands),
    shaders,
    buffers,
    tables: tables.map(contents),
    commands,
    splits,
  };
}

function substituted(value: ScalarExpression, scalars: readonly HostScalar[]): ScalarExpression {
  switch (value.kind) {
    case "number":
      return value;
    case "variable":
      return scalars.find((scalar) => scalar.name === value.name)?.value ?? value;
    case "call":
      return {
        ...value,
        arguments: value.arguments.map((argument) => substituted(argument, scalars)),
      };
  }
}

/** Uniform blocks of all dispatches in one buffer, each at an aligned place. */
function uniformBytes(commands: readonly WebGpuCommand[]): number {
  const alignment = 256;
  return commands.reduce(
    (sum, command) =>
      command.kind === "dispatch"
        ? sum + Math.ceil((command.uniforms.length * 4) / alignment) * alignment
        : sum,
    0,
  );
}

function contents(table: Storage) {
  const values = table.values ?? new Float64Array();
  return {
    name: `table:${table.name}`,
    values: table.element === "real" ? Float32Array.from(values) : Int32Array.from(values),
  };
}

/** More workgroups than one dimension may have go on in the second. */
function fold(workgroups: number, limit: number): readonly [number, number] {
  if (workgroups <= limit) return [workgroups, 1];
  const rows = Math.ceil(workgroups / limit);
  return [Math.ceil(workgroups / rows), rows];
}
