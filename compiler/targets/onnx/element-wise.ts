import { invariant } from "../../../program/invariant.ts";
import { inputOf, numberOf } from "../../layout/attributes.ts";
import { arrange, type Order } from "../../layout/orders.ts";
import type { Element, Node } from "../../operations/tensor.ts";
import { expm1, log1p, logSigmoid } from "./accurate.ts";
import type { GraphWriter, Tensor } from "./graph-writer.ts";
import { aligned, cast, elementName, shapeOf, unsupported, type Value } from "./value.ts";

/** Writes an element-wise node; its dimensions are those that some operand really has. */
export function elementWise(
  writer: GraphWriter,
  node: Node,
  operands: readonly Value[],
  target: Order,
): Value {
  const axes = arrange([...new Set(operands.flatMap((operand) => operand.axes))], target);
  const element = operandElement(node, operands);
  const tensors = operands.map((operand, index) => {
    const keeps = node.operation === "select" && index === 0;
    const value = keeps ? operand : cast(writer, operand, element);
    return spread(writer, aligned(writer, value, axes), shapeOf(axes));
  });
  const shape = shapeOf(axes);
  const tensor = write(writer, node, tensors, element, shape);
  const mayBeInfinite =
    node.element === "real" &&
    (node.operation === "log" || operands.some((operand) => operand.unbounded));
  return { tensor, axes, element: node.element, unbounded: mayBeInfinite };
}

/** Runs shorter than this are dear to broadcast: each is a call of its own in ONNX Runtime. */
const shortRun = 64;
/** Above this many entries memory is dearer. */
const largestSpread = 1 << 20;

/**
 * Repeats an operand that is broadcast between its axes, where what it repeats is short (rotary
 * angles over heads); all layers share the result.
 */
function spread(writer: GraphWriter, tensor: Tensor, shape: readonly number[]): Tensor {
  const own = [...Array<number>(shape.length - tensor.shape.length).fill(1), ...tensor.shape];
  const last = own.findLastIndex((size, index) => size === 1 && shape[index] !== 1);
  const run = own.slice(last + 1).reduce((product, size) => product * size, 1);
  const before = own.slice(0, last + 1).some((size) => size > 1);
  const entries = shape.reduce((product, size) => product * size, 1);
  if (last < 0 || run === 1 || run >= shortRun || !before || entries > largestSpread) return tensor;
  return writer.node("Expand", [tensor, writer.int64s(shape)], { shape, element: tensor.element });
}

/** The element in which an operation works. */
function operandElement(node: Node, operands: readonly Value[]): Element {
  const given = operands.slice(node.operation === "select" ? 1 : 0).map((it) => it.element);
  if (node.operation === "to_real" || node.operation === "to_int") return given[0] ?? "real";
  if (node.operation === "divide" || node.operation === "power") return "real";
  if (node.element === "real" || given.includes("real")) return "real";
  return given.includes("int") ? "int" : "bool";
}

const direct: Readonly<Record<string, string>> = {
  add: "Add",
  subtract: "Sub",
  multiply: "Mul",
  divide: "Div",
  negate: "Neg",
  minimum: "Min",
  maximum: "Max",
  exp: "Exp",
  log: "Log",
  sqrt: "Sqrt",
  sin: "Sin",
  cos: "Cos",
  tanh: "Tanh",
  abs: "Abs",
  sign: "Sign",
  erf: "Erf",
  sigmoid: "Sigmoid",
  equal: "Equal",
  less: "Less",
  less_equal: "LessOrEqual",
  and: "And",
  or: "Or",
  not: "Not",
};

function write(
  writer: GraphWriter,
  node: Node,
  operands: readonly Tensor[],
  element: Element,
  shape: readonly number[],
): Tensor {
  const result = { shape, element: elementName[node.element] };
  const [first, second, third] = operands;
  invariant(first !== undefined, `${node.operation} without operands`);
  const operator = direct[node.operation];
  if (operator !== undefined) return writer.node(operator, operands, result);
  if (second === undefined) return unary(writer, node, first, element);
  switch (node.operation) {
    case "power":
      return power(writer, node, first, second, result);
    case "modulo": {
      if (element === "int") return writer.node("Mod", operands, result);
      const whole = writer.node("Floor", [writer.node("Div", operands, result)], result);
      return writer.node("Sub", [first, writer.node("Mul", [whole, second], result)], result);
    }
    case "select":
      invariant(third !== undefined, "select needs three operands");
      return element === "bool"
        ? selectBool(writer, [first, second, third], result)
        : writer.node("Where", operands, result);
    default:
      return unsupported(node);
  }
}

function unary(writer: GraphWriter, node: Node, first: Tensor, element: Element): Tensor {
  switch (node.operation) {
    case "expm1":
      return expm1(writer, first);
    case "log1p":
      return log1p(writer, first);
    case "log_sigmoid":
      return logSigmoid(writer, first);
    case "stop_gradient":
      return first;
    case "to_real":
    case "to_int":
      return cast(writer, { tensor: first, axes: [], element, unbounded: false }, node.element)
        .tensor;
    case "floor":
      return element === "real" ? writer.node("Floor", [first], first) : first;
    default:
      return unsupported(node);
  }
}

type Result = { readonly shape: readonly number[]; readonly element: Tensor["element"] };

/** Small whole exponents as products, which are exact to the rounding and much faster. */
function power(
  writer: GraphWriter,
  node: Node,
  base: Tensor,
  exponent: Tensor,
  result: Result,
): Tensor {
  const given = inputOf(node, 1);
  const constant = given.operation === "constant" ? numberOf(given, "value") : undefined;
  if (constant === 1) return base;
  if (constant === 2) return writer.node("Mul", [base, base], result);
  if (constant === 3)
    return writer.node("Mul", [writer.node("Mul", [base, base], result), base], result);
  if (constant === 0.5) return writer.node("Sqrt", [base], result);
  if (constant === -1) return writer.node("Reciprocal", [base], result);
  return writer.node("Pow", [base, exponent], result);
}

/** Where has no form for truth values. */
function selectBool(
  writer: GraphWriter,
  [condition, yes, no]: readonly [Tensor, Tensor, Tensor],
  result: Result,
): Tensor {
  const other = writer.node("Not", [condition], { shape: condition.shape, element: "bool" });
  const both = (left: Tensor, right: Tensor) => writer.node("And", [left, right], result);
  return writer.node("Or", [both(condition, yes), both(other, no)], result);
}
