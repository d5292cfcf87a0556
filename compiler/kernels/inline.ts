import { InternalError, invariant } from "../../program/invariant.ts";
import { randomState } from "../../program/random.ts";
import { evaluateScalar } from "../../program/scalar-expression.ts";
import { inputOf } from "../layout/attributes.ts";
import { hostScalar, isConstantScalar } from "../layout/host-scalar.ts";
import {
  axesAttribute,
  axisAttribute,
  numberAttribute,
  stringAttribute,
} from "../operations/attributes.ts";
import type { Scalar, ScalarFunction } from "../operations/row.ts";
import { entries as entriesOf } from "../operations/shape.ts";
import { findRow } from "../operations/table.ts";
import type { Axis, Element, Node } from "../operations/tensor.ts";
import type { Expression, Expressions } from "./expression.ts";
import type { Operand, View } from "./program.ts";

/** Coordinates of one entry. */
export type Coordinates = ReadonlyMap<Axis, Expression>;

/** What an inliner reads of its surroundings. */
export interface Memory {
  /** The tensor in memory, where the node has one that this kernel may read. */
  view(node: Node): View | undefined;
  /** The scalars' tensor and the place of a host scalar in it. */
  scalar(node: Node): { readonly view: View; readonly index: number };
}

/** Turns nodes at coordinates into expressions of one kernel, and collects what it binds. */
export interface Inliner {
  readonly operands: readonly Operand[];
  evaluate(node: Node, at: Coordinates): Expression;
  /** An operand for the view, and the index of an entry in it. */
  address(view: View, at: Coordinates, written: boolean): { operand: number; index: Expression };
  operand(view: View, written: boolean): number;
}

/**
 * `computed` gives the value of members that the kernel has reduced already; `members` are computed
 * here even though they have a place in memory.
 */
export function createInliner(
  make: Expressions,
  memory: Memory,
  members: ReadonlySet<Node>,
  computed: (node: Node, at: Coordinates) => Expression | undefined,
): Inliner {
  const operands: Operand[] = [];
  const operandKeys = new Map<string, number>();
  const known = new Map<string, Expression>();

  function operand(view: View, written: boolean): number {
    const key = JSON.stringify([view.place, view.offset, view.element, written]);
    const found = operandKeys.get(key);
    if (found !== undefined) return found;
    const { place, offset, element } = view;
    operands.push({ place, offset, element, written });
    operandKeys.set(key, operands.length - 1);
    return operands.length - 1;
  }

  function address(view: View, at: Coordinates, written: boolean) {
    let index = make.number(0, "int");
    for (const [axis, stride] of view.strides) {
      index = make.add(index, make.scale(coordinate(at, axis), stride));
    }
    return { operand: operand(view, written), index };
  }

  function evaluate(node: Node, at: Coordinates): Expression {
    const key = `${node.id}:${node.axes.map((axis) => coordinate(at, axis).id).join()}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = computed(node, at) ?? build(node, at);
    known.set(key, made);
    return made;
  }

  function build(node: Node, at: Coordinates): Expression {
    const host = hostScalar(node);
    if (host !== undefined) {
      if (isConstantScalar(host)) return make.number(evaluateScalar(host, {}), node.element);
      const { view, index } = memory.scalar(node);
      const value = make.load(operand(view, false), make.number(index, "int"), "real");
      if (node.element === "real") return value;
      const rounded = make.call("to_int", [value], "int");
      if (node.element === "int") return rounded;
      return make.call(
        "not",
        [make.call("equal", [rounded, make.number(0, "int")], "bool")],
        "bool",
      );
    }
    if (!members.has(node)) {
      const view = memory.view(node);
      if (view !== undefined) {
        const { operand, index } = address(view, at, false);
        return make.load(operand, index, node.element);
      }
    }
    const row = findRow(node.operation);
    if (row?.scalar !== undefined) {
      const values = node.inputs.map((input) => evaluate(input, at));
      return substitute(row.scalar, values);
    }
    return throughViews(node, at);
  }

  function substitute(scalar: Scalar, values: readonly Expression[]): Expression {
    switch (scalar.kind) {
      case "number":
        return make.number(scalar.value);
      case "operand": {
        const value = values[scalar.index];
        invariant(value !== undefined, "a scalar form reads an operand that is not there");
        return value;
      }
      case "call": {
        const operands = scalar.arguments.map((argument) => substitute(argument, values));
        return applied(make, scalar.name, operands);
      }
    }
  }

  function throughViews(node: Node, at: Coordinates): Expression {
    const { attributes } = node;
    const moved = (changes: readonly (readonly [Axis, Expression])[]) =>
      new Map([...at, ...changes]);
    switch (node.operation) {
      case "index":
        return coordinate(at, axisAttribute(attributes, "axis"));
      case "random": {
        const seed = numberAttribute(attributes, "seed");
        const state = randomState(seed, stringAttribute(attributes, "key"));
        const place = mixed(make, axesAttribute(attributes, "axes"), at);
        return make.call("uniform", [place, make.number(state, "int")], "real");
      }
      case "size":
        return make.number(axisAttribute(attributes, "axis").size, node.element);
      case "expand":
        return evaluate(inputOf(node, 0), at);
      case "rename": {
        const to = coordinate(at, axisAttribute(attributes, "to"));
        return evaluate(inputOf(node, 0), moved([[axisAttribute(attributes, "from"), to]]));
      }
      case "part": {
        const into = coordinate(at, axisAttribute(attributes, "into"));
        const start = make.number(numberAttribute(attributes, "start"), "int");
        const axis = axisAttribute(attributes, "axis");
        return evaluate(inputOf(node, 0), moved([[axis, make.add(into, start)]]));
      }
      case "take": {
        const place = make.number(numberAttribute(attributes, "at"), "int");
        return evaluate(inputOf(node, 0), moved([[axisAttribute(attributes, "axis"), place]]));
      }
      case "reverse": {
        const axis = axisAttribute(attributes, "axis");
        const last = make.number(axis.size - 1, "int");
        const place = make.add(last, make.scale(coordinate(at, axis), -1));
        return evaluate(inputOf(node, 0), moved([[axis, place]]));
      }
      case "split": {
        const into = axesAttribute(attributes, "into");
        const place = mixed(make, into, at);
        return evaluate(inputOf(node, 0), moved([[axisAttribute(attributes, "axis"), place]]));
      }
      case "merge": {
        const axes = axesAttribute(attributes, "axes");
        const place = coordinate(at, axisAttribute(attributes, "into"));
        return evaluate(inputOf(node, 0), moved(digits(make, axes, place)));
      }
      case "shift": {
        const axis = axisAttribute(attributes, "axis");
        const amount = make.number(-numberAttribute(attributes, "amount"), "int");
        const place = make.add(coordinate(at, axis), amount);
        const inside = make.and([make.atLeast(place, 0), make.lessThan(place, axis.size)]);
        const clamped = make.clamp(place, 0, axis.size - 1);
        const value = evaluate(inputOf(node, 0), moved([[axis, clamped]]));
        return choose(make, inside, value, make.number(0, node.element));
      }
      case "join":
        return joined(node, at);
      case "gather": {
        const place = evaluate(inputOf(node, 1), at);
        return evaluate(inputOf(node, 0), moved([[axisAttribute(attributes, "axis"), place]]));
      }
      case "scatter_add": {
        // Every id is kept, so each entry has one candidate.
        const own = coordinate(at, axisAttribute(attributes, "axis"));
        const here = make.call("equal", [evaluate(inputOf(node, 1), at), own], "bool");
        return choose(make, here, evaluate(inputOf(node, 0), at), make.number(0, node.element));
      }
      default:
        throw new InternalError(`${node.operation} has no scalar form`);
    }
  }

  function joined(node: Node, at: Coordinates): Expression {
    const axes = axesAttribute(node.attributes, "axes");
    const place = coordinate(at, axisAttribute(node.attributes, "into"));
    let start = entriesOf([axisAttribute(node.attributes, "into")]);
    let result: Expression | undefined;
    for (const [index, axis] of [...axes.entries()].reverse()) {
      start -= axis.size;
      const own = make.clamp(make.add(place, make.number(-start, "int")), 0, axis.size - 1);
      const value = evaluate(inputOf(node, index), new Map([...at, [axis, own]]));
      const here = make.lessThan(place, start + axis.size);
      result = result === undefined ? value : choose(make, here, value, result);
    }
    invariant(result !== undefined, "a join of nothing");
    return result;
  }

  return { operands, evaluate, address, operand };
}

export function coordinate(at: Coordinates, axis: Axis): Expression {
  const found = at.get(axis);
  invariant(found !== undefined, `no coordinate along ${axis.name}`);
  return found;
}

/** select(condition, a, b), decided here where the condition is known. */
export function choose(
  make: Expressions,
  condition: Expression,
  then: Expression,
  otherwise: Expression,
): Expression {
  if (condition.kind === "number") return condition.value !== 0 ? then : otherwise;
  if (then === otherwise) return then;
  return make.call("select", [condition, then, otherwise], then.element);
}

/** A function of the table applied; its element follows from its operands. */
export function applied(
  make: Expressions,
  name: ScalarFunction,
  operands: readonly Expression[],
): Expression {
  if (name === "select") {
    const [condition, then, otherwise] = operands;
    if (condition !== undefined && then !== undefined && otherwise !== undefined) {
      return choose(make, condition, then, otherwise);
    }
  }
  return make.call(name, operands, elementOf(name, operands));
}

function elementOf(name: ScalarFunction, operands: readonly Expression[]): Element {
  switch (name) {
    case "equal":
    case "less":
    case "less_equal":
    case "and":
    case "or":
    case "not":
      return "bool";
    case "to_int":
      return "int";
    case "to_real":
      return "real";
    case "divide":
      return "real";
    default:
      return operands.at(-1)?.element ?? "real";
  }
}

/** One index from the coordinates of several axes, the last runs fastest. */
export function mixed(make: Expressions, axes: readonly Axis[], at: Coordinates): Expression {
  return axes.reduce(
    (place, axis) => make.add(make.scale(place, axis.size), coordinate(at, axis)),
    make.number(0, "int"),
  );
}

/** Coordinates of several axes from one index. */
export function digits(
  make: Expressions,
  axes: readonly Axis[],
  place: Expression,
): readonly (readonly [Axis, Expression])[] {
  return axes.map((axis, index) => {
    const inner = entriesOf(axes.slice(index + 1));
    const whole = make.quotient(place, inner);
    return [axis, index === 0 ? whole : make.remainder(whole, axis.size)] as const;
  });
}
