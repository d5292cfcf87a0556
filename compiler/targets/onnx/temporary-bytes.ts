import type { WrittenGraph } from "./graph-writer.ts";

const elementBytes = { float: 4, int32: 4, int64: 8, bool: 1 } as const;

/** Operators whose result is their input's memory under another shape. */
const aliases = new Set(["Reshape", "Identity"]);

/**
 * ONNX Runtime orders nodes for itself, and its arena grows by doubling and keeps what was freed. A
 * training step of 2,048 tokens held 1.7 times the peak of our order.
 */
const margin = 2.5;
/** Scratch memory of its kernels and threads. */
const fixedBytes = 16 * 1024 * 1024;

/** An upper bound of the bytes that a run needs beside its state: the peak of our order, and margin. */
export function temporaryBytes(graph: WrittenGraph): number {
  const owner = new Map<string, string>();
  const ownerOf = (name: string): string => owner.get(name) ?? name;
  const lastUse = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    const [input] = node.inputs;
    const [output] = node.outputs;
    if (aliases.has(node.operator) && input !== undefined && output !== undefined) {
      owner.set(output, ownerOf(input));
    }
    for (const name of [...node.inputs, ...node.outputs]) lastUse.set(ownerOf(name), index);
  });
  const bytesOf = (name: string): number => {
    const tensor = graph.tensors.get(name);
    if (tensor === undefined) return 0;
    return tensor.shape.reduce((size, length) => size * length, elementBytes[tensor.element]);
  };
  const dying = new Map<number, string[]>();
  for (const [name, index] of lastUse) {
    const names = dying.get(index);
    if (names === undefined) dying.set(index, [name]);
    else names.push(name);
  }
  const alive = new Map<string, number>();
  let held = 0;
  let peak = 0;
  graph.nodes.forEach((node, index) => {
    for (const output of node.outputs) {
      if (ownerOf(output) !== output) continue;
      alive.set(output, bytesOf(output));
      held += bytesOf(output);
    }
    peak = Math.max(peak, held);
    for (const name of dying.get(index) ?? []) {
      held -= alive.get(name) ?? 0;
      alive.delete(name);
    }
  });
  return Math.ceil(peak * margin) + fixedBytes;
}
