import type {
  ExecutableInterface,
  OnnxExecutable,
  Port,
  StatePort,
} from "../../../program/executable.ts";
import { invariant } from "../../../program/invariant.ts";
import { uniforms } from "../../../program/random.ts";
import { evaluateScalar, type ScalarExpression } from "../../../program/scalar-expression.ts";
import type { OrderedStep } from "../../graph/step.ts";
import { reachable } from "../../graph/walk.ts";
import {
  axesOf,
  axisOf,
  inputOf,
  numberOf,
  regionOf,
  textOf,
  valuesOf,
} from "../../layout/attributes.ts";
import { hostScalar, isConstantScalar } from "../../layout/host-scalar.ts";
import type { Order } from "../../layout/orders.ts";
import { rootsOf } from "../../layout/roots.ts";
import { entries as entriesOf } from "../../operations/shape.ts";
import type { Element, Node } from "../../operations/tensor.ts";
import { contract } from "./contract.ts";
import { elementWise } from "./element-wise.ts";
import { gather, type Scattered, scatterAdd, scatterInto, store } from "./gather.ts";
import { GraphWriter, type Tensor } from "./graph-writer.ts";
import { Masks } from "./masks.ts";
import { hidesWithZero, oneHotOf, readers, unscaled } from "./patterns.ts";
import { maskedSoftmax, reduce } from "./reduce.ts";
import { temporaryBytes } from "./temporary-bytes.ts";
import { cast, castTensor, complete, type Stack, shapeOf, type Value } from "./value.ts";
import { join, stack, unstack, view } from "./view.ts";

export interface OnnxOptions {
  /** FLOPs of one run, as the graph counts them. */
  readonly flops: number;
  /** What the host computes for each input of role `host`; an input that is not listed is a variable. */
  readonly scalars?: ExecutableInterface["scalars"];
}

/**
 * The step as one ONNX graph. Regions are unrolled; state comes in and its next values go out; outputs
 * are row-major in ascending order of their axes' ids, as `Node.axes` has them.
 */
export function emitOnnx(ordered: OrderedStep, options: OnnxOptions): OnnxExecutable {
  return new Emission(ordered, options).executable();
}

/** Values of the nodes of one iteration of a region; nodes without arguments are in the outermost. */
interface Scope {
  /** How many nodes of the body read a node. */
  readonly readers: ReadonlyMap<Node, number>;
  readonly values: Map<Node, Value | Stack | readonly (Value | Stack)[]>;
}

class Emission {
  readonly #ordered: OrderedStep;
  readonly #options: OnnxOptions;
  readonly #writer = new GraphWriter();
  readonly #masks = new Masks();
  readonly #outermost: Scope;
  /** Stacks that had to be written as one tensor; other regions still take their entries apart. */
  readonly #stacked = new Map<Stack, Value>();
  readonly #scalars = new Map<
    string,
    { readonly name: string; readonly value: ScalarExpression }
  >();

  constructor(ordered: OrderedStep, options: OnnxOptions) {
    this.#ordered = ordered;
    this.#options = options;
    this.#outermost = {
      values: new Map(),
      readers: readers(rootsOf(ordered.step)),
    };
  }

  executable(): OnnxExecutable {
    const { step } = this.#ordered;
    this.#writeAll(rootsOf(step), this.#outermost);
    const next = this.#writeNext();
    for (const { name, node } of step.outputs) {
      const tensor = complete(this.#writer, this.#value(node, this.#outermost), node.axes).tensor;
      this.#writer.output(`output:${name}`, this.#asPort(tensor));
    }
    const graph = this.#writer.finish(step.name);
    const written = new Set(Object.keys(next));
    return {
      target: "onnx",
      name: step.name,
      model: graph.model,
      next,
      data: this.#ports("data"),
      state: this.#ports("state").map(
        (port): StatePort => ({ ...port, written: written.has(port.name) }),
      ),
      scalars: [...this.#scalars.values()].filter((it) =>
        graph.inputs.includes(`scalar:${it.name}`),
      ),
      outputs: step.outputs.map(({ name, node }) => port(name, node.axes, node.element)),
      flops: this.#options.flops,
      temporaryBytes: temporaryBytes(graph),
    };
  }

  #ports(role: "data" | "state"): readonly Port[] {
    return this.#ordered.step.inputs
      .filter((input) => input.role === role)
      .map(({ name, node }) => port(name, axesOf(node, "axes"), node.element));
  }

  #writeNext(): Readonly<Record<string, string>> {
    const { step } = this.#ordered;
    const next: Record<string, string> = {};
    for (const carry of step.carried) {
      const input = step.inputs.find((it) => it.role === "state" && it.name === carry.state);
      invariant(input !== undefined, `carried state ${carry.state} is no input`);
      const value = cast(
        this.#writer,
        this.#value(carry.next, this.#outermost),
        input.node.element,
      );
      const tensor = complete(this.#writer, value, axesOf(input.node, "axes")).tensor;
      const name = `next:${carry.state}`;
      this.#writer.output(name, this.#asPort(tensor));
      next[carry.state] = name;
    }
    return next;
  }

  /** Booleans cross the border as int32. */
  #asPort(tensor: Tensor): Tensor {
    return tensor.element === "bool" ? castTensor(this.#writer, tensor, "int32") : tensor;
  }

  #writeAll(roots: readonly Node[], scope: Scope): void {
    for (const node of reachable(roots)) {
      // Numbers of the host are written where something reads them.
      if (hostScalar(node) === undefined) this.#result(node, scope);
    }
  }

  /** The node as one tensor. */
  #value(node: Node, scope: Scope): Value {
    const result = this.#result(node, scope);
    invariant(!isTuple(result), "a tuple is read by item only");
    if (!isStack(result)) return result;
    const known = this.#stacked.get(result);
    const value = known ?? stack(this.#writer, result.entries, result.axis);
    this.#stacked.set(result, value);
    return value;
  }

  #result(node: Node, scope: Scope): Value | Stack | readonly (Value | Stack)[] {
    const own = this.#scopeOf(node, scope);
    const known = own.values.get(node);
    if (known !== undefined) return known;
    const result = this.#write(node, own);
    own.values.set(node, result);
    return result;
  }

  #scopeOf(node: Node, scope: Scope): Scope {
    if (!readsArguments(node)) return this.#outermost;
    return scope;
  }

  #write(node: Node, scope: Scope): Value | Stack | readonly (Value | Stack)[] {
    const scalar = hostScalar(node);
    if (scalar !== undefined) return this.#scalar(node, scalar);
    const writer = this.#writer;
    const operand = (index: number) => this.#value(inputOf(node, index), scope);
    const target = this.#target(node);
    switch (node.operation) {
      case "input":
        return this.#input(node);
      case "table":
        return leaf(
          node,
          axesOf(node, "axes"),
          this.#table(valuesOf(node), axesOf(node, "axes"), node.element),
        );
      case "index": {
        const axis = axisOf(node, "axis");
        const places = Float64Array.from({ length: axis.size }, (_, index) => index);
        return leaf(node, [axis], this.#table(places, [axis], "int"));
      }
      case "size":
        return leaf(node, [], this.#writer.int32s([axisOf(node, "axis").size], []));
      case "repeat":
        return this.#repeat(node, scope);
      case "item":
        return this.#item(node, scope);
      case "dot":
        return this.#dot(node, node, 1, scope);
      case "gather":
        return gather(writer, operand(0), operand(1), axisOf(node, "axis"));
      case "scatter_add":
        return scatterAdd(writer, this.#scattered(node, scope));
      case "store":
        return store(
          writer,
          operand(0),
          operand(1),
          operand(2),
          axisOf(node, "axis"),
          axisOf(node, "from"),
        );
      case "random": {
        const axes = axesOf(node, "axes");
        const key = [numberOf(node, "seed"), textOf(node, "key")] as const;
        return leaf(node, axes, this.#table(uniforms(...key, entriesOf(axes)), axes, "real"));
      }
      case "join": {
        const operands = node.inputs.map((input) => this.#value(input, scope));
        return join(writer, operands, axesOf(node, "axes"), axisOf(node, "into"), target);
      }
      case "softmax":
        return this.#softmax(node, scope);
      case "sum":
      case "max":
      case "min":
      case "argmax":
      case "log_sum_exp":
        return reduce(writer, node, operand(0));
      case "rename":
      case "expand":
      case "part":
      case "take":
      case "reverse":
      case "split":
      case "merge":
      case "shift":
      case "cumulative":
        return view(writer, node, operand(0));
      default:
        return this.#elementWise(node, scope);
    }
  }

  #elementWise(node: Node, scope: Scope): Value {
    const [product, scale] = unscaled(node);
    if (product.operation === "dot" && scope.readers.get(product) === 1) {
      return this.#dot(product, node, scale, scope);
    }
    const added = node.operation === "add" ? this.#addScattered(node, scope) : undefined;
    if (added !== undefined) return added;
    const operands = node.inputs.map((input) => this.#value(input, scope));
    const [mask, value] = operands;
    if (mask !== undefined && value !== undefined && hidesWithZero(node)) {
      if (this.#masks.selectsNothing(mask, value)) return value;
    }
    const result = elementWise(this.#writer, node, operands, this.#target(node));
    this.#masks.note(node, operands, result);
    return result;
  }

  /** `x + scatter_add(…)`, and `x + select(index == ids, v, 0)`, which is the same. */
  #addScattered(node: Node, scope: Scope): Value | undefined {
    const [left, right] = [inputOf(node, 0), inputOf(node, 1)];
    for (const [into, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const single = scope.readers.get(other) === 1 && into.axes.length === node.axes.length;
      if (!single || other.element !== "real") continue;
      if (other.operation === "scatter_add") {
        const scattered = this.#scattered(other, scope);
        return scatterInto(this.#writer, this.#value(into, scope), scattered);
      }
      const hot = oneHotOf(other);
      if (hot === undefined) continue;
      return scatterInto(this.#writer, this.#value(into, scope), {
        value: this.#value(hot.value, scope),
        ids: this.#value(hot.ids, scope),
        idAxes: hot.ids.axes,
        axis: hot.axis,
        keep: hot.ids.axes,
      });
    }
    return undefined;
  }

  #scattered(node: Node, scope: Scope): Scattered {
    return {
      value: this.#value(inputOf(node, 0), scope),
      ids: this.#value(inputOf(node, 1), scope),
      idAxes: inputOf(node, 1).axes,
      axis: axisOf(node, "axis"),
      keep: axesOf(node, "keep"),
    };
  }

  /** A contraction with factors of its operands taken out; `like` has the order of the result. */
  #dot(node: Node, like: Node, scale: number, scope: Scope): Value {
    const [left, leftScale] = unscaled(inputOf(node, 0));
    const [right, rightScale] = unscaled(inputOf(node, 1));
    return contract(
      this.#writer,
      node,
      [this.#value(left, scope), this.#value(right, scope)],
      this.#target(like),
      scale * leftScale * rightScale,
    );
  }

  #target(node: Node): Order {
    const order = this.#ordered.order.get(node);
    invariant(order !== undefined, `no order for ${node.operation}`);
    return order;
  }

  #input(node: Node): Value {
    const axes = axesOf(node, "axes");
    const name = `${textOf(node, "role")}:${textOf(node, "name")}`;
    const element = node.element === "real" ? "float" : "int32";
    const tensor = this.#writer.input(name, shapeOf(axes), element);
    return leaf(
      node,
      axes,
      node.element === "bool" ? castTensor(this.#writer, tensor, "bool") : tensor,
    );
  }

  #table(values: Float64Array, axes: Order, element: Element): Tensor {
    const shape = shapeOf(axes);
    if (element === "real") return this.#writer.floats(values, shape);
    return element === "int"
      ? this.#writer.int32s(values, shape)
      : this.#writer.bools(values, shape);
  }

  #scalar(node: Node, expression: ScalarExpression): Value {
    if (isConstantScalar(expression)) {
      const value = evaluateScalar(expression, {});
      const tensor = this.#table(Float64Array.of(value), [], node.element);
      return { ...leaf(node, [], tensor), unbounded: value === Number.NEGATIVE_INFINITY };
    }
    const key = JSON.stringify(expression);
    const variable = expression.kind === "variable" ? expression.name : undefined;
    const given = this.#options.scalars?.find((it) => it.name === variable);
    const name = variable ?? `host.${this.#scalars.size}`;
    const known = this.#scalars.get(key) ?? given ?? { name, value: expression };
    const port = `scalar:${known.name}`;
    const tensor = this.#scalars.has(key)
      ? { name: port, shape: [], element: "float" as const }
      : this.#writer.input(port, [], "float");
    this.#scalars.set(key, known);
    return cast(this.#writer, { ...leaf(node, [], tensor), element: "real" }, node.element);
  }

  /** A mask that is a `select` of −∞ directly below is written together with the softmax. */
  #softmax(node: Node, scope: Scope): Value {
    const below = inputOf(node, 0);
    if (below.operation === "select") {
      const [mask, kept, hidden] = below.inputs;
      const covers =
        hidden?.operation === "constant" && numberOf(hidden, "value") === Number.NEGATIVE_INFINITY;
      if (mask !== undefined && kept !== undefined && covers) {
        const value = this.#value(kept, scope);
        if (!value.unbounded) {
          const over = axesOf(node, "over");
          const given = this.#value(mask, scope);
          const opens = this.#masks.opensEveryRow(given, over);
          const target = this.#target(below);
          const result = maskedSoftmax(this.#writer, given, value, over, target, opens);
          this.#masks.noteZeroOutside(result, given);
          return result;
        }
      }
    }
    return reduce(this.#writer, node, this.#value(below, scope));
  }

  /** Writes the body once for each entry of the axis. */
  #repeat(node: Node, scope: Scope): readonly (Value | Stack)[] {
    const region = regionOf(node);
    const { axis, carried, each, parameters, results } = region;
    const { inputs } = node;
    let current = inputs.slice(0, carried).map((input) => this.#value(input, scope));
    const slices = inputs
      .slice(carried, carried + each)
      .map((input) => this.#entries(input, axis, scope));
    const invariants = inputs.slice(carried + each).map((input) => this.#result(input, scope));
    const stacked: Value[][] = results.slice(carried).map(() => Array<Value>(axis.size));
    const counts = readers(results);
    for (let turn = 0; turn < axis.size; turn += 1) {
      const at = region.reverse ? axis.size - 1 - turn : turn;
      const values = [...current, ...slices.map((entries) => entry(entries, at)), ...invariants];
      const inner: Scope = { values: new Map(), readers: counts };
      for (const [index, parameter] of parameters.entries()) {
        inner.values.set(parameter, entry(values, index));
      }
      this.#writeAll(results, inner);
      const given = results.map((result) => this.#value(result, inner));
      current = given.slice(0, carried);
      for (const [index, list] of stacked.entries()) list[at] = entry(given, carried + index);
    }
    return [...current, ...stacked.map((entries) => ({ axis, entries }))];
  }

  /** What each iteration sees of a value; the results of another region are taken as they are. */
  #entries(input: Node, axis: Node["axes"][number], scope: Scope): readonly Value[] {
    const result = this.#result(input, scope);
    invariant(!isTuple(result), "a tuple is read by item only");
    if (isStack(result) && result.axis === axis) return result.entries;
    return unstack(this.#writer, this.#value(input, scope), axis);
  }

  #item(node: Node, scope: Scope): Value | Stack {
    const tuple = this.#result(inputOf(node, 0), scope);
    invariant(isTuple(tuple), "item of what is no tuple");
    return entry(tuple, numberOf(node, "index"));
  }
}

function leaf(node: Node, axes: Order, tensor: Tensor): Value {
  return { tensor, axes, element: node.element, unbounded: false };
}

function port(name: string, axes: Order, element: Element): Port {
  return { name, shape: shapeOf(axes), element: element === "real" ? "f32" : "i32" };
}

function isTuple(
  value: Value | Stack | readonly (Value | Stack)[],
): value is readonly (Value | Stack)[] {
  return Array.isArray(value);
}

function isStack(value: Value | Stack): value is Stack {
  return "entries" in value;
}

function entry<T>(list: readonly T[], index: number): T {
  const value = list[index];
  invariant(value !== undefined, "entry beyond the end");
  return value;
}

/** True for nodes of a region's body that differ between iterations. */
function readsArguments(node: Node): boolean {
  const known = argumentReaders.get(node);
  if (known !== undefined) return known;
  if (node.inputs.some((input) => !argumentReaders.has(input))) {
    for (const below of reachable(node.inputs)) argumentReaders.set(below, readsArguments(below));
  }
  const reads =
    node.operation === "argument" ||
    node.inputs.some((input) => argumentReaders.get(input) === true);
  argumentReaders.set(node, reads);
  return reads;
}

const argumentReaders = new WeakMap<Node, boolean>();
