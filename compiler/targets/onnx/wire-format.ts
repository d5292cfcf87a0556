import protobuf from "protobufjs/light.js";

/**
 * The part of ONNX's protocol buffers that we write, as a table of field numbers. Numbers are facts
 * of the format: github.com/onnx/onnx, onnx/onnx.proto3.
 */
const messages = {
  ModelProto: {
    irVersion: [1, "int64"],
    producerName: [2, "string"],
    graph: [7, "GraphProto"],
    opsetImport: [8, "OperatorSetIdProto", "repeated"],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  GraphProto: {
    node: [1, "NodeProto", "repeated"],
    name: [2, "string"],
    initializer: [5, "TensorProto", "repeated"],
    input: [11, "ValueInfoProto", "repeated"],
    output: [12, "ValueInfoProto", "repeated"],
  },
  NodeProto: {
    input: [1, "string", "repeated"],
    output: [2, "string", "repeated"],
    name: [3, "string"],
    opType: [4, "string"],
    attribute: [5, "AttributeProto", "repeated"],
    domain: [7, "string"],
  },
  AttributeProto: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    ints: [8, "int64", "repeated"],
    type: [20, "int32"],
  },
  TensorProto: {
    dims: [1, "int64", "repeated"],
    dataType: [2, "int32"],
    name: [8, "string"],
    rawData: [9, "bytes"],
  },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"] },
  TypeProto: { tensorType: [1, "TensorTypeProto"] },
  TensorTypeProto: { elemType: [1, "int32"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, "DimensionProto", "repeated"] },
  DimensionProto: { dimValue: [1, "int64"] },
} as const satisfies Record<string, Record<string, readonly [number, string, "repeated"?]>>;

function declare(): protobuf.Type {
  const root = new protobuf.Root();
  for (const [name, fields] of Object.entries(messages)) {
    const type = new protobuf.Type(name);
    for (const [field, [id, kind, rule]] of Object.entries(
      fields as Record<string, readonly [number, string, "repeated"?]>,
    )) {
      type.add(new protobuf.Field(field, id, kind, rule));
    }
    root.add(type);
  }
  return root.lookupType("ModelProto");
}

let model: protobuf.Type | undefined;

/** Element types of TensorProto.DataType. */
export const dataType = { float: 1, int32: 6, int64: 7, bool: 9 } as const;
export type ElementName = keyof typeof dataType;

export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly element: ElementName;
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array;
}

export interface OnnxPort {
  readonly name: string;
  readonly shape: readonly number[];
  readonly element: ElementName;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initialisers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** Operators of ONNX Runtime's own set that we use; both of its packages have them. */
const runtimeOperators: ReadonlySet<string> = new Set(["FusedMatMul"]);
const runtimeDomain = "com.microsoft";

/** Operator set 18 is the first with `axes` as an input of every reduction; IR 8 goes with it. */
const operatorSet = 18;
const irVersion = 8;

/** The graph as the bytes of an ONNX model; the same graph gives the same bytes. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  model ??= declare();
  return model
    .encode({
      irVersion,
      producerName: "levain",
      opsetImport: [
        { domain: "", version: operatorSet },
        { domain: runtimeDomain, version: 1 },
      ],
      graph: {
        name: graph.name,
        node: graph.nodes.map((node, index) => ({
          input: node.inputs,
          output: node.outputs,
          name: `${node.operator}_${index}`,
          opType: node.operator,
          domain: runtimeOperators.has(node.operator) ? runtimeDomain : "",
          attribute: Object.entries(node.attributes).map(([name, value]) => attribute(name, value)),
        })),
        initializer: graph.initialisers.map((tensor) => ({
          dims: tensor.shape,
          dataType: dataType[tensor.element],
          name: tensor.name,
          rawData: tensor.bytes,
        })),
        input: graph.inputs.map(valueInfo),
        output: graph.outputs.map(valueInfo),
      },
    })
    .finish();
}

/** Attribute types: FLOAT 1, INT 2, STRING 3, INTS 7. */
function attribute(name: string, value: OnnxAttribute): object {
  if (typeof value === "number") return { name, i: value, type: 2 };
  if (typeof value === "string") return { name, s: new TextEncoder().encode(value), type: 3 };
  if ("float" in value) return { name, f: value.float, type: 1 };
  return { name, ints: value, type: 7 };
}

function valueInfo(port: OnnxPort): object {
  return {
    name: port.name,
    type: {
      tensorType: {
        elemType: dataType[port.element],
        shape: { dim: port.shape.map((size) => ({ dimValue: size })) },
      },
    },
  };
}
