import { invariant } from "../../../program/invariant.ts";
import { randomState, uniform } from "../../../program/random.ts";
import {
  axesAttribute,
  axisAttribute,
  numberAttribute,
  regionAttribute,
  stringAttribute,
  valuesAttribute,
} from "../../operations/attributes.ts";
import { findRow } from "../../operations/table.ts";
import type { Node, Region } from "../../operations/tensor.ts";
import { reachable } from "../walk.ts";
import { contract } from "./contract.ts";
import { elementWise } from "./element-wise.ts";
import { cumulative, gather, scatterAdd, store } from "./indexed.ts";
import { reduce } from "./reduce.ts";
import {
  allocate,
  copyLoops,
  loopsOver,
  type Precision,
  reordered,
  stridesOf,
  type Values,
  writeLoops,
} from "./strides.ts";
import { view } from "./views.ts";

export interface Evaluation {
  readonly precision: Precision;
  /** Sees every node with its operands and its result, in the order of evaluation. */
  readonly watch: ((node: Node, operands: readonly Values[], result: Values) => void) | undefined;
}

/** Values of the roots, given the values of leaves that read from outside, in the order of `axes`. */
export function evaluate(
  roots: readonly Node[],
  given: ReadonlyMap<Node, Values>,
  evaluation: Evaluation,
): readonly Values[] {
  return runPlan(planOf(roots), given, evaluation);
}

/** An order of evaluation with the moment at which each value is no longer needed. */
interface Plan {
  readonly roots: readonly Node[];
  readonly nodes: readonly Node[];
  readonly freed: readonly (readonly Node[])[];
}

function planOf(roots: readonly Node[]): Plan {
  const nodes = reachable(roots);
  const last = new Map<Node, number>();
  for (const [place, node] of nodes.entries()) {
    last.set(node, place);
    for (const input of node.inputs) last.set(input, place);
  }
  for (const root of roots) last.delete(root);
  const freed: Node[][] = nodes.map(() => []);
  for (const [node, place] of last) freed[place]?.push(node);
  return { roots, nodes, freed };
}

type Held = Values | readonly Values[];

function runPlan(
  plan: Plan,
  given: ReadonlyMap<Node, Values>,
  evaluation: Evaluation,
): readonly Values[] {
  const held = new Map<Node, Held>();
  for (const [place, node] of plan.nodes.entries()) {
    held.set(node, given.get(node) ?? nodeValue(node, held, evaluation));
    for (const old of plan.freed[place] ?? []) held.delete(old);
  }
  return plan.roots.map((root) => single(held, root));
}

function single(held: ReadonlyMap<Node, Held>, node: Node): Values {
  const value = held.get(node);
  invariant(value !== undefined && isValues(value), `no value for ${node.operation} ${node.id}`);
  return value;
}

function isValues(value: Held): value is Values {
  return value instanceof Float64Array || value instanceof Float32Array;
}

function nodeValue(node: Node, held: ReadonlyMap<Node, Held>, evaluation: Evaluation): Held {
  if (node.operation === "item") {
    const [tuple = node] = node.inputs;
    const results = held.get(tuple);
    invariant(results !== undefined && !isValues(results), "item of what is not a tuple");
    const result = results[numberAttribute(node.attributes, "index")];
    invariant(result !== undefined, "item past the end");
    return result;
  }
  const operands = node.inputs.map((input) => single(held, input));
  if (node.operation === "repeat") {
    return repeat(regionAttribute(node.attributes), operands, evaluation);
  }
  const result = computed(node, operands, evaluation.precision);
  evaluation.watch?.(node, operands, result);
  return result;
}

function computed(node: Node, operands: readonly Values[], precision: Precision): Values {
  const family = findRow(node.operation)?.family;
  switch (family) {
    case "leaf":
      return leaf(node, precision);
    case "element-wise":
      return elementWise(node, operands, precision);
    case "reduce":
      return reduce(node, operands, precision);
    case "contract":
      return contract(node, operands, precision);
    case "view":
      return view(node, operands, precision);
    case "gather":
      return gather(node, operands, precision);
    case "scatter":
      return node.operation === "store"
        ? store(node, operands, precision)
        : scatterAdd(node, operands, precision);
    case "recurrence":
      return cumulative(node, operands, precision);
    default:
      invariant(false, `the interpreter cannot run ${node.operation}`);
  }
}

function leaf(node: Node, precision: Precision): Values {
  const result = allocate(node, precision);
  switch (node.operation) {
    case "constant":
      return result.fill(numberAttribute(node.attributes, "value"));
    case "size":
      return result.fill(axisAttribute(node.attributes, "axis").size);
    case "index":
      return result.map((_, place) => place);
    case "table": {
      const axes = axesAttribute(node.attributes, "axes");
      return reordered(valuesAttribute(node.attributes), axes, node.axes, result);
    }
    case "random": {
      const axes = axesAttribute(node.attributes, "axes");
      const seed = numberAttribute(node.attributes, "seed");
      const state = randomState(seed, stringAttribute(node.attributes, "key"));
      const drawn = Float64Array.from(result, (_, place) => uniform(state, place));
      return reordered(drawn, axes, node.axes, result);
    }
    default:
      invariant(false, `no value is given for ${node.operation} ${node.id}`);
  }
}

const plans = new WeakMap<Region, Plan>();

function repeat(
  region: Region,
  operands: readonly Values[],
  evaluation: Evaluation,
): readonly Values[] {
  const plan = plans.get(region) ?? planOf(region.results);
  plans.set(region, plan);
  const { axis, parameters, carried, each } = region;
  let current = operands.slice(0, carried);
  const stacks = region.results.slice(carried).map((node) => {
    const axes = [...node.axes, axis].sort((a, b) => a.id - b.id);
    const loops = loopsOver(node.axes, stridesOf(axes));
    const values = allocate({ axes, element: node.element }, evaluation.precision);
    return { values, loops, stride: stridesOf(axes).get(axis) ?? 0 };
  });
  for (let step = 0; step < axis.size; step += 1) {
    const entry = region.reverse ? axis.size - 1 - step : step;
    const given = new Map<Node, Values>();
    for (const [place, parameter] of parameters.entries()) {
      const operand = place < carried ? current[place] : operands[place];
      if (operand === undefined) continue;
      const isEach = place >= carried && place < carried + each;
      given.set(
        parameter,
        isEach ? entryOf(region, parameter, operand, entry, evaluation) : operand,
      );
    }
    const results = runPlan(plan, given, evaluation);
    current = results.slice(0, carried);
    for (const [place, stack] of stacks.entries()) {
      const values = results[carried + place];
      if (values !== undefined) writeLoops(stack.values, values, stack.loops, entry * stack.stride);
    }
  }
  return [...current, ...stacks.map((stack) => stack.values)];
}

function entryOf(
  { axis }: Region,
  parameter: Node,
  operand: Values,
  entry: number,
  { precision }: Evaluation,
): Values {
  const axes = [...parameter.axes, axis].sort((a, b) => a.id - b.id);
  const strides = stridesOf(axes);
  const result = allocate(parameter, precision);
  const base = entry * (strides.get(axis) ?? 0);
  copyLoops(result, operand, loopsOver(parameter.axes, strides), base);
  return result;
}
