import protobuf from "protobufjs";

/**
 * The part of the ONNX messages that a product of two matrices needs, with their field numbers.
 * Written apart from the compiler's own encoder, so that the two cannot be wrong together.
 */
const messages = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: { id: 1, type: "int64" },
        graph: { id: 7, type: "Graph" },
        operatorSets: { id: 8, type: "OperatorSet", rule: "repeated" },
      },
    },
    OperatorSet: { fields: { version: { id: 2, type: "int64" } } },
    Graph: {
      fields: {
        nodes: { id: 1, type: "Node", rule: "repeated" },
        name: { id: 2, type: "string" },
        inputs: { id: 11, type: "Value", rule: "repeated" },
        outputs: { id: 12, type: "Value", rule: "repeated" },
      },
    },
    Node: {
      fields: {
        inputs: { id: 1, type: "string", rule: "repeated" },
        outputs: { id: 2, type: "string", rule: "repeated" },
        operator: { id: 4, type: "string" },
      },
    },
    Value: { fields: { name: { id: 1, type: "string" }, type: { id: 2, type: "Type" } } },
    Type: { fields: { tensor: { id: 1, type: "Tensor" } } },
    Tensor: { fields: { element: { id: 1, type: "int32" }, shape: { id: 2, type: "Shape" } } },
    Shape: { fields: { dimensions: { id: 1, type: "Dimension", rule: "repeated" } } },
    Dimension: { fields: { size: { id: 1, type: "int64" } } },
  },
});

const float32 = 1;

function value(name: string, sizes: readonly number[]): object {
  const dimensions = sizes.map((size) => ({ size }));
  return { name, type: { tensor: { element: float32, shape: { dimensions } } } };
}

/** The bytes of a model that computes c[rows, columns] = a[rows, inner] · b[inner, columns]. */
export function productModel(rows: number, inner: number, columns: number): Uint8Array {
  const model = messages.lookupType("Model");
  return model
    .encode(
      model.fromObject({
        irVersion: 10,
        operatorSets: [{ version: 21 }],
        graph: {
          name: "product",
          nodes: [{ inputs: ["a", "b"], outputs: ["c"], operator: "MatMul" }],
          inputs: [value("a", [rows, inner]), value("b", [inner, columns])],
          outputs: [value("c", [rows, columns])],
        },
      }),
    )
    .finish();
}
