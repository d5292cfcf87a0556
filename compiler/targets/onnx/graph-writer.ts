import { invariant } from "../../../program/invariant.ts";
import {
  type ElementName,
  encodeModel,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxPort,
  type OnnxTensor,
} from "./wire-format.ts";

/** A tensor of the ONNX graph: every one has a static shape. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly element: ElementName;
}

/** The finished graph, with what the memory estimate needs. */
export interface WrittenGraph {
  readonly model: Uint8Array;
  readonly nodes: readonly OnnxNode[];
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Names of the inputs that something reads. */
  readonly inputs: readonly string[];
}

/** Operators whose result, to the bit, does not depend on the order of their operands. */
const commutative: ReadonlySet<string> = new Set(["Add", "Mul", "And", "Or", "Equal"]);

/**
 * Collects nodes of one ONNX graph. Equal nodes are written once, so that unrolled iterations share
 * what does not differ between them; what no output needs is dropped at the end.
 */
export class GraphWriter {
  readonly #nodes: OnnxNode[] = [];
  readonly #written = new Map<string, readonly Tensor[]>();
  readonly #initialisers = new Map<string, OnnxTensor>();
  readonly #inputs: OnnxPort[] = [];
  readonly #outputs: OnnxPort[] = [];
  readonly #tensors = new Map<string, Tensor>();
  /** Names of tensors that became outputs, by their first name. */
  readonly #renamed = new Map<string, string>();
  readonly #producible = new Set<string>();
  #count = 0;

  /** Adds a node with one output, or gives the equal one that is there. */
  node(
    operator: string,
    inputs: readonly Tensor[],
    result: { readonly shape: readonly number[]; readonly element: ElementName },
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): Tensor {
    const [tensor] = this.nodes(operator, inputs, [result], attributes);
    invariant(tensor !== undefined, "a node without an output");
    return tensor;
  }

  /** The same with several outputs. */
  nodes(
    operator: string,
    inputs: readonly Tensor[],
    results: readonly { readonly shape: readonly number[]; readonly element: ElementName }[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): readonly Tensor[] {
    const names = inputs.map((input) => input.name);
    const sorted = commutative.has(operator) ? [...names].sort() : names;
    const key = `${operator}(${sorted.join(",")})${JSON.stringify(attributes)}`;
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const tensors = results.map((result) => this.#tensor(result.shape, result.element));
    const outputs = tensors.map((tensor) => tensor.name);
    this.#nodes.push({ operator, inputs: names, outputs, attributes });
    for (const output of outputs) this.#producible.add(output);
    this.#written.set(key, tensors);
    return tensors;
  }

  input(name: string, shape: readonly number[], element: ElementName): Tensor {
    const tensor = { name, shape, element };
    this.#inputs.push(tensor);
    this.#tensors.set(name, tensor);
    return tensor;
  }

  floats(values: ArrayLike<number>, shape: readonly number[]): Tensor {
    return this.#initialiser("float", shape, new Float32Array(Array.from(values)).buffer);
  }

  int32s(values: ArrayLike<number>, shape: readonly number[]): Tensor {
    return this.#initialiser("int32", shape, new Int32Array(Array.from(values)).buffer);
  }

  /** What ONNX wants for shapes, axes and bounds. */
  int64s(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
    const entries = new BigInt64Array(values.map((value) => BigInt(value)));
    return this.#initialiser("int64", shape, entries.buffer);
  }

  bools(values: ArrayLike<number>, shape: readonly number[]): Tensor {
    return this.#initialiser("bool", shape, new Uint8Array(Array.from(values)).buffer);
  }

  float(value: number): Tensor {
    return this.floats([value], []);
  }

  /** Makes the tensor an output of that name, without a copy where it can be renamed. */
  output(name: string, tensor: Tensor): void {
    const renameable = this.#producible.has(tensor.name) && !this.#renamed.has(tensor.name);
    const copy = renameable ? tensor : this.#copy(tensor);
    this.#renamed.set(copy.name, name);
    this.#outputs.push({ name, shape: tensor.shape, element: tensor.element });
  }

  finish(graphName: string): WrittenGraph {
    const rename = (name: string) => this.#renamed.get(name) ?? name;
    const live = this.#liveNodes().map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
    const read = new Set(live.flatMap((node) => node.inputs));
    const inputs = this.#inputs.filter((input) => read.has(input.name));
    const initialisers = [...this.#initialisers.values()].filter((it) => read.has(it.name));
    const model = encodeModel({
      name: graphName,
      nodes: live,
      initialisers,
      inputs,
      outputs: this.#outputs,
    });
    const tensors = new Map(
      [...this.#tensors.values()].map((tensor) => [rename(tensor.name), tensor]),
    );
    return { model, nodes: live, tensors, inputs: inputs.map((input) => input.name) };
  }

  /** Never shared, even with another copy of the same tensor. */
  #copy(tensor: Tensor): Tensor {
    const copy = this.#tensor(tensor.shape, tensor.element);
    const [inputs, outputs] = [[tensor.name], [copy.name]];
    this.#nodes.push({ operator: "Identity", inputs, outputs, attributes: {} });
    return copy;
  }

  #liveNodes(): readonly OnnxNode[] {
    const needed = new Set(this.#renamed.keys());
    const live: OnnxNode[] = [];
    for (const node of [...this.#nodes].reverse()) {
      if (!node.outputs.some((output) => needed.has(output))) continue;
      for (const input of node.inputs) needed.add(input);
      live.push(node);
    }
    return live.reverse();
  }

  #tensor(shape: readonly number[], element: ElementName): Tensor {
    const tensor = { name: `t${this.#count}`, shape, element };
    this.#count += 1;
    this.#tensors.set(tensor.name, tensor);
    return tensor;
  }

  #initialiser(element: ElementName, shape: readonly number[], buffer: ArrayBuffer): Tensor {
    const bytes = new Uint8Array(buffer);
    const size = shape.reduce((product, length) => product * length, 1);
    invariant(bytes.length % Math.max(size, 1) === 0, "initialiser of another shape");
    // Tables that are longer are written by one node each, which is shared itself.
    const key = bytes.length <= 32_768 ? `${element}[${shape.join()}]${bytes.join()}` : undefined;
    const known = key === undefined ? undefined : this.#initialisers.get(key);
    if (known !== undefined) return known;
    const tensor = { ...this.#tensor(shape, element), bytes };
    this.#initialisers.set(key ?? tensor.name, tensor);
    return tensor;
  }
}
