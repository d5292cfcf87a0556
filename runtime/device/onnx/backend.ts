import type { InferenceSession, Tensor } from "onnxruntime-web";

/** What both packages of ONNX Runtime have. */
interface OnnxRuntime {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof Tensor;
  readonly env: {
    readonly versions: { readonly node?: string; readonly web?: string };
    readonly wasm: { numThreads?: number | undefined };
    logLevel?: "verbose" | "info" | "warning" | "error" | "fatal" | undefined;
  };
}

/** ONNX Runtime as it was found. */
export interface Backend {
  readonly runtime: OnnxRuntime;
  readonly package: "onnxruntime-node" | "onnxruntime-web";
  readonly version: string;
  /** Why it is the WebAssembly build, where it is. */
  readonly because: string | undefined;
  /** Whether a run can fill arrays of ours instead of making its own. */
  readonly fillsOutputs: boolean;
}

/** The native build where it can be loaded, else the WebAssembly build, which is several times slower. */
export async function loadBackend(threads: number, prefer?: "web"): Promise<Backend> {
  const native = prefer === "web" ? "asked for" : await loadNative();
  if (typeof native !== "string") {
    return {
      runtime: native,
      package: "onnxruntime-node",
      version: native.env.versions.node ?? "unknown",
      because: undefined,
      fillsOutputs: true,
    };
  }
  const web: OnnxRuntime = await import("onnxruntime-web");
  web.env.logLevel = "error";
  web.env.wasm.numThreads = threads;
  return {
    runtime: web,
    package: "onnxruntime-web",
    version: web.env.versions.web ?? "unknown",
    because: native,
    fillsOutputs: false,
  };
}

/** The package, or the reason why it cannot be loaded: it is optional and has no build everywhere. */
async function loadNative(): Promise<OnnxRuntime | string> {
  try {
    const native: OnnxRuntime = await import("onnxruntime-node");
    native.env.logLevel = "error";
    return native;
  } catch (problem) {
    return problem instanceof Error ? (problem.message.split("\n")[0] ?? "") : String(problem);
  }
}
