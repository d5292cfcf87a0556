import type { ScalarExpression } from "./scalar-expression.ts";

export type PortElement = "f32" | "i32";

/** A tensor that crosses between host and device, row-major. Booleans are i32 0 and 1. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  readonly element: PortElement;
}

export interface StatePort extends Port {
  /** True where the program replaces it. */
  readonly written: boolean;
}

/** What every target's executable has: a pure program over named state that stays on the device. */
export interface ExecutableInterface {
  readonly name: string;
  /** Given by the host at each run, in addition to `scalars`. */
  readonly data: readonly Port[];
  /** Rank 0 inputs that the host evaluates in f64 at each run from `step`, `length` and the like. */
  readonly scalars: readonly { readonly name: string; readonly value: ScalarExpression }[];
  readonly state: readonly StatePort[];
  readonly outputs: readonly Port[];
  readonly flops: number;
  /** Bytes that the program needs beside its state: exact on WebGPU, an upper bound on ONNX Runtime. */
  readonly temporaryBytes: number;
}

export interface OnnxExecutable extends ExecutableInterface {
  readonly target: "onnx";
  readonly model: Uint8Array;
  /** State name → the graph's output that holds its next value. */
  readonly next: Readonly<Record<string, string>>;
}

export interface WebGpuExecutable extends ExecutableInterface {
  readonly target: "webgpu";
  readonly shaders: readonly { readonly label: string; readonly code: string }[];
  /** Sizes in bytes of the buffers beside state, data and outputs; the arena is one of them. */
  readonly buffers: readonly { readonly name: string; readonly bytes: number }[];
  /** Contents that some of `buffers` have from the beginning: constants folded at compile time. */
  readonly tables: readonly { readonly name: string; readonly values: Float32Array | Int32Array }[];
  readonly commands: readonly WebGpuCommand[];
  /** Estimated FLOPs after which a submission may be split (watchdogs), as indices into `commands`. */
  readonly splits: readonly number[];
}

export type WebGpuCommand =
  | {
      readonly kind: "dispatch";
      readonly shader: number;
      /** In binding order; group 0. */
      readonly bindings: readonly WebGpuBinding[];
      /** 32-bit words given to the shader as its uniform block, if it has one. */
      readonly uniforms: readonly number[];
      readonly workgroups: readonly [number, number, number];
    }
  | {
      readonly kind: "copy";
      readonly from: WebGpuBinding;
      readonly to: WebGpuBinding;
    };

/** `buffer` is `state:NAME`, `data:NAME`, `scalars`, `output:NAME` or the name of one of `buffers`. */
export interface WebGpuBinding {
  readonly buffer: string;
  readonly offset: number;
  readonly bytes: number;
}

export type Executable = OnnxExecutable | WebGpuExecutable;
