import { define } from "../define.ts";

/** What a machine can lack to run anything; codes LV0990 to LV0999. */

export const noAdapter = define<{ problem: string | undefined }>({
  code: "LV0990",
  severity: "error",
  title: "no WebGPU adapter",
  message: ({ problem }) =>
    `--target webgpu wants a graphics adapter and none was found${because(problem)}`,
  help: () => "leave `--target` out or choose `--target cpu`; `levain doctor` shows what was found",
  explain: {
    why: "A target that was asked for by name is never replaced by another in silence.",
    cause:
      "The machine has no graphics card, or its driver offers no Vulkan, Metal or Direct3D 12.",
    remedy: "Install the driver of the card, or train on the CPU.",
  },
});

export const noOnnxRuntime = define<{ problem: string | undefined }>({
  code: "LV0991",
  severity: "error",
  title: "no ONNX Runtime",
  message: ({ problem }) => `the CPU target cannot be loaded${because(problem)}`,
  help: () => "install the project's packages again: `npm ci`",
  explain: {
    why: "The CPU target computes with ONNX Runtime, native or as WebAssembly.",
    cause: "Neither onnxruntime-node nor onnxruntime-web is installed.",
    remedy: "Run `npm ci`.",
  },
});

export const deviceLost = define<{ problem: string }>({
  code: "LV0992",
  severity: "error",
  title: "the graphics device failed",
  message: ({ problem }) => `the WebGPU device reported an error: ${problem}`,
  help: () => "run again: the last good checkpoint is used; `--target cpu` needs no graphics card",
  explain: {
    why: "What a device computes after an error cannot be trusted, so the run stops.",
    cause: "The driver was reset or updated, or the memory of the card was exhausted.",
    remedy: "Close other programs that use the card, or choose a smaller batch.",
  },
});

function because(problem: string | undefined): string {
  return problem === undefined ? "" : ` (${problem})`;
}
