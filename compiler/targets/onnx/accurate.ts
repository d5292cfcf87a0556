import type { GraphWriter, Tensor } from "./graph-writer.ts";

/**
 * Functions that ONNX lacks, built so that nothing cancels near 0. Each is measured against f64 in
 * the tests.
 */

type Unary = (writer: GraphWriter, x: Tensor) => Tensor;

function call(writer: GraphWriter, operator: string, ...inputs: readonly Tensor[]): Tensor {
  const widest = inputs.reduce((a, b) => (b.shape.length > a.shape.length ? b : a));
  return writer.node(operator, inputs, widest);
}

function choose(writer: GraphWriter, condition: Tensor, yes: Tensor, no: Tensor): Tensor {
  return writer.node("Where", [condition, yes, no], no);
}

function less(writer: GraphWriter, left: Tensor, right: Tensor): Tensor {
  return writer.node("Less", [left, right], { shape: left.shape, element: "bool" });
}

/** exp(x) − 1: the Taylor series where |x| < 1/2, of which the ninth term is below f32's rounding. */
export const expm1: Unary = (writer, x) => {
  let sum = writer.float(1);
  for (let term = 9; term >= 2; term -= 1) {
    const step = call(writer, "Mul", sum, call(writer, "Mul", x, writer.float(1 / term)));
    sum = call(writer, "Add", step, writer.float(1));
  }
  const near = call(writer, "Mul", x, sum);
  const far = call(writer, "Sub", call(writer, "Exp", x), writer.float(1));
  return choose(writer, less(writer, call(writer, "Abs", x), writer.float(0.5)), near, far);
};

/**
 * log(1 + x): log(u) · x / (u − 1) with u = 1 + x rounded, which corrects the rounding of u
 * (Goldberg 1991, theorem 4); x itself where u is 1.
 */
export const log1p: Unary = (writer, x) => {
  const one = writer.float(1);
  const u = call(writer, "Add", x, one);
  const logarithm = call(writer, "Log", u);
  const lost = call(writer, "Sub", u, one);
  const none = writer.node("Equal", [lost, writer.float(0)], { shape: x.shape, element: "bool" });
  const ratio = call(writer, "Div", x, choose(writer, none, one, lost));
  const small = choose(writer, none, x, call(writer, "Mul", logarithm, ratio));
  return choose(writer, less(writer, call(writer, "Abs", x), one), small, logarithm);
};

/** −log(1 + exp(−x)) = min(x, 0) − log1p(exp(−|x|)). */
export const logSigmoid: Unary = (writer, x) => {
  const decay = call(writer, "Exp", call(writer, "Neg", call(writer, "Abs", x)));
  return call(writer, "Sub", call(writer, "Min", x, writer.float(0)), log1p(writer, decay));
};
