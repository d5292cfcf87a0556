import {
  encodeModel,
  type OnnxNode,
  type OnnxTensor,
} from "../../compiler/targets/onnx/wire-format.ts";
import type { CompileRequest, Compiler } from "../../program/compile-request.ts";
import type { OnnxExecutable, Port, StatePort } from "../../program/executable.ts";
import { uniforms } from "../../program/random.ts";
import type { ScalarExpression } from "../../program/scalar-expression.ts";
import type { ModelPlan } from "../../program/stage-plan.ts";

/**
 * A language model that is one table, written as ONNX by hand: the logits of the next token are the
 * row of the present one. It is learnt by gradient descent with momentum. Small enough that a run of
 * it takes a second, and real in every part that the runtime touches.
 */
const table = "parameter:table";
const momentum = "optimizer:table:momentum";
const position = "cache:position";

export function tableModel(vocabulary: number): ModelPlan {
  const sizes = [
    { name: "vocab", size: vocabulary },
    { name: "next", size: vocabulary },
  ];
  return {
    name: "Table",
    parameters: [{ path: "table", state: table, axes: sizes, stack: undefined, trainable: true }],
    parameterCount: vocabulary ** 2,
    trainableCount: vocabulary ** 2,
    vocabulary,
    layout: {
      format: "huggingface",
      architecture: "TableForCausalLM",
      config: { model_type: "table", vocab_size: vocabulary },
      tensors: [
        {
          name: "table.weight",
          state: table,
          entry: undefined,
          order: [1, 0],
          shape: [vocabulary, vocabulary],
        },
      ],
    },
  };
}

/** `spoilt`: the step (from 0) at which the loss becomes NaN. */
export function tableCompiler(
  vocabulary: number,
  learningRate: ScalarExpression,
  spoilt?: number,
): Compiler {
  return {
    compile(request) {
      switch (request.kind) {
        case "train":
          return trainProgram(request, vocabulary, learningRate, spoilt);
        case "measure":
          return measureProgram(request, vocabulary);
        case "decode":
          return decodeProgram(request, vocabulary);
      }
    },
    initialise: ({ seed }) => [
      {
        name: table,
        shape: [vocabulary, vocabulary],
        values: Float32Array.from(uniforms(seed, "table", vocabulary ** 2), (u) => (u - 0.5) / 50),
      },
      {
        name: momentum,
        shape: [vocabulary, vocabulary],
        values: new Float32Array(vocabulary ** 2),
      },
    ],
  };
}

class GraphOf {
  readonly nodes: OnnxNode[] = [];
  readonly initialisers: OnnxTensor[] = [];

  node(
    operator: string,
    inputs: readonly string[],
    attributes: OnnxNode["attributes"] = {},
    output = `t${this.nodes.length}`,
  ): string {
    this.nodes.push({ operator, inputs, outputs: [output], attributes });
    return output;
  }

  floats(values: readonly number[], shape: readonly number[]): string {
    const name = `c${this.initialisers.length}`;
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    this.initialisers.push({ name, shape, element: "float", bytes });
    return name;
  }

  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = `c${this.initialisers.length}`;
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.initialisers.push({ name, shape, element: "int64", bytes });
    return name;
  }

  slice(x: string, axis: number, from: number, to: number): string {
    const [starts, ends, axes] = [from, to, axis].map((value) => this.integers([value]));
    return this.node("Slice", [x, starts ?? "", ends ?? "", axes ?? ""]);
  }

  oneHot(ids: string, size: number): string {
    const wide = this.node("Cast", [ids], { to: 7 });
    return this.node("OneHot", [wide, this.integers([size], []), this.floats([0, 1], [2])]);
  }
}

function finish(
  name: string,
  graph: GraphOf,
  ports: {
    readonly data: readonly Port[];
    readonly scalars: OnnxExecutable["scalars"];
    readonly state: readonly StatePort[];
    readonly outputs: readonly Port[];
  },
): OnnxExecutable {
  const value = (prefix: string) => (port: Port) => ({
    name: `${prefix}:${port.name}`,
    shape: port.shape,
    element: port.element === "f32" ? ("float" as const) : ("int32" as const),
  });
  const scalars = ports.scalars.map(
    ({ name: scalar }): Port => ({
      name: scalar,
      shape: [],
      element: "f32",
    }),
  );
  const written = ports.state.filter((port) => port.written);
  const model = encodeModel({
    name,
    nodes: graph.nodes,
    initialisers: graph.initialisers,
    inputs: [
      ...ports.data.map(value("data")),
      ...scalars.map(value("scalar")),
      ...ports.state.map(value("state")),
    ],
    outputs: [...ports.outputs.map(value("output")), ...written.map(value("next"))],
  });
  return {
    target: "onnx",
    name,
    model,
    ...ports,
    next: Object.fromEntries(written.map((port) => [port.name, `next:${port.name}`])),
    flops: 0,
    temporaryBytes: 0,
  };
}

function tableState(vocabulary: number, written: boolean): StatePort {
  return { name: table, shape: [vocabulary, vocabulary], element: "f32", written };
}

function tokens(field: string, shape: readonly number[]): Port {
  return { name: `tokens.${field}`, shape, element: "i32" };
}

type Request<Kind> = Extract<CompileRequest, { kind: Kind }>;

function trainProgram(
  request: Request<"train">,
  vocabulary: number,
  learningRate: ScalarExpression,
  spoilt: number | undefined,
): OnnxExecutable {
  const { rows, time, microBatches } = request;
  const graph = new GraphOf();
  const ids = graph.node("Reshape", [
    "data:tokens.id",
    graph.integers([rows * microBatches, time]),
  ]);
  const count = rows * microBatches * (time - 1);
  const flat = (x: string): string => graph.node("Reshape", [x, graph.integers([count])]);
  const before = graph.oneHot(flat(graph.slice(ids, 1, 0, time - 1)), vocabulary);
  const after = graph.oneHot(flat(graph.slice(ids, 1, 1, time)), vocabulary);
  const logits = graph.node("MatMul", [before, `state:${table}`]);
  const likely = graph.node("LogSoftmax", [logits], { axis: 1 });
  const counted = graph.floats([count], []);
  const total = graph.node("ReduceSum", [graph.node("Mul", [after, likely])], { keepdims: 0 });
  const mean = graph.node("Neg", [graph.node("Div", [total, counted])]);
  graph.node("Mul", [mean, "scalar:sound"], {}, "output:loss");
  const change = graph.node("Div", [
    graph.node("Sub", [graph.node("Exp", [likely]), after]),
    counted,
  ]);
  const gradient = graph.node("MatMul", [
    graph.node("Transpose", [before], { perm: [1, 0] }),
    change,
  ]);
  const square = graph.node("ReduceSumSquare", [gradient], { keepdims: 0 });
  graph.node("Sqrt", [square], {}, "output:gradient_norm");
  graph.node("Identity", [counted], {}, "output:count");
  const kept = graph.node("Mul", [graph.floats([0.9], []), `state:${momentum}`]);
  const moved = graph.node("Add", [kept, gradient], {}, `next:${momentum}`);
  const step = graph.node("Mul", [moved, "scalar:learning_rate"]);
  graph.node("Sub", [`state:${table}`, step], {}, `next:${table}`);
  const variable = (name: string): ScalarExpression => ({ kind: "variable", name });
  const number = (value: number): ScalarExpression => ({ kind: "number", value });
  const call = (
    name: "equal" | "select",
    ...given: readonly ScalarExpression[]
  ): ScalarExpression => ({ kind: "call", function: name, arguments: given });
  const sound =
    spoilt === undefined
      ? number(1)
      : call(
          "select",
          call("equal", variable("step"), number(spoilt)),
          number(Number.NaN),
          number(1),
        );
  const scalar = (name: string): Port => ({ name, shape: [], element: "f32" });
  return finish("train", graph, {
    data: [tokens("id", [microBatches, rows, time])],
    scalars: [
      { name: "learning_rate", value: learningRate },
      { name: "sound", value: sound },
    ],
    state: [
      tableState(vocabulary, true),
      { name: momentum, shape: [vocabulary, vocabulary], element: "f32", written: true },
    ],
    outputs: ["loss", "gradient_norm", "count"].map(scalar),
  });
}

function measureProgram({ rows, time }: Request<"measure">, vocabulary: number): OnnxExecutable {
  const graph = new GraphOf();
  const before = graph.oneHot(graph.slice("data:tokens.id", 1, 0, time - 1), vocabulary);
  const after = graph.oneHot(graph.slice("data:tokens.id", 1, 1, time), vocabulary);
  const logits = graph.node("MatMul", [before, `state:${table}`]);
  const likely = graph.node("LogSoftmax", [logits], { axis: 2 });
  const scores = graph.node(
    "ReduceSum",
    [graph.node("Mul", [after, likely]), graph.integers([2])],
    { keepdims: 0 },
  );
  const nothing = graph.floats(
    Array.from({ length: rows }, () => 0),
    [rows, 1],
  );
  graph.node("Concat", [nothing, scores], { axis: 1 }, "output:value");
  return finish("measure", graph, {
    data: [tokens("id", [rows, time])],
    scalars: [],
    state: [tableState(vocabulary, false)],
    outputs: [{ name: "value", shape: [rows, time], element: "f32" }],
  });
}

/** It remembers how many tokens it has seen, so that what is forgotten between prompts is tested. */
function decodeProgram({ chunk }: Request<"decode">, vocabulary: number): OnnxExecutable {
  const graph = new GraphOf();
  const real = graph.node(
    "ReduceSum",
    [graph.node("Cast", ["data:tokens.real"], { to: 7 }), graph.integers([1])],
    { keepdims: 0 },
  );
  const last = graph.node("Sub", [real, graph.integers([1])]);
  const id = graph.node("Gather", [
    graph.node("Squeeze", ["data:tokens.id", graph.integers([0])]),
    last,
  ]);
  const logits = graph.node("MatMul", [graph.oneHot(id, vocabulary), `state:${table}`]);
  const warm = graph.node("Max", ["scalar:temperature", graph.floats([1e-6], [])]);
  const likely = graph.node("Softmax", [graph.node("Div", [logits, warm])], { axis: 1 });
  const below = graph.node("LessOrEqual", [
    graph.node("CumSum", [likely, graph.integers([1], [])]),
    graph.node("Unsqueeze", ["data:chance", graph.integers([1])]),
  ]);
  const drawn = graph.node(
    "ReduceSum",
    [graph.node("Cast", [below], { to: 7 }), graph.integers([1])],
    { keepdims: 0 },
  );
  const token = graph.node("Min", [drawn, graph.integers([vocabulary - 1])]);
  graph.node("Cast", [token], { to: 6 }, "output:token");
  const read = graph.node("Cast", [real], { to: 6 });
  graph.node("Add", [`state:${position}`, read], {}, `next:${position}`);
  return finish("decode", graph, {
    data: [
      tokens("id", [1, chunk]),
      tokens("real", [1, chunk]),
      { name: "chance", shape: [1], element: "f32" },
    ],
    scalars: [{ name: "temperature", value: { kind: "variable", name: "temperature" } }],
    state: [
      tableState(vocabulary, false),
      { name: position, shape: [1], element: "i32", written: true },
    ],
    outputs: [{ name: "token", shape: [1], element: "i32" }],
  });
}
