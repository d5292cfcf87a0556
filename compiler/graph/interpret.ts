import { invariant } from "../../program/invariant.ts";
import { axesAttribute } from "../operations/attributes.ts";
import { entries } from "../operations/shape.ts";
import type { Axis, Element, Node } from "../operations/tensor.ts";
import { evaluate } from "./interpret/evaluate.ts";
import { allocate, type Precision, reordered, type Values } from "./interpret/strides.ts";
import type { Origin, Step } from "./step.ts";

export interface InterpretOptions {
  readonly precision?: Precision;
  /** Values of the inputs of role `host`. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** Find the first operation that made a NaN or an infinity out of sound numbers. */
  readonly findNonFinite?: boolean;
}

/** A result, row-major in the order of `axes`. */
export interface InterpretedTensor {
  readonly axes: readonly Axis[];
  readonly element: Element;
  readonly values: Values;
}

export interface NonFinite {
  readonly node: Node;
  readonly value: number;
  readonly origins: readonly Origin[];
}

export interface Interpreted {
  readonly outputs: Readonly<Record<string, InterpretedTensor>>;
  /** Next values of the states that the step replaces, each in the state's own order of memory. */
  readonly next: Readonly<Record<string, Values>>;
  readonly nonFinite: NonFinite | undefined;
}

/**
 * Runs a step on plain arrays: the meaning of the graph, against which every target is tested.
 * `values` holds each input of role `state` and `data`, row-major in the order of its `axes` attribute.
 */
export function interpret(
  step: Step,
  values: Readonly<Record<string, ArrayLike<number>>>,
  options: InterpretOptions = {},
): Interpreted {
  const precision = options.precision ?? "f64";
  const given = new Map<Node, Values>();
  for (const { name, role, node } of step.inputs) {
    const value = role === "host" ? [options.scalars?.[name] ?? Number.NaN] : values[name];
    invariant(value !== undefined, `no value for the input ${name}`);
    const axes = axesAttribute(node.attributes, "axes");
    invariant(value.length === entries(axes), `the input ${name} has ${value.length} entries`);
    given.set(node, reordered(value, axes, node.axes, allocate(node, precision)));
  }
  let nonFinite: NonFinite | undefined;
  const watch = (node: Node, operands: readonly Values[], result: Values) => {
    if (nonFinite !== undefined) return;
    const value = brokenBy(node, operands, result);
    if (value === undefined) return;
    nonFinite = { node, value, origins: step.origins.get(node) ?? [] };
  };
  const roots = [
    ...step.outputs.map((output) => output.node),
    ...step.carried.map((carry) => carry.next),
  ];
  const results = evaluate(roots, given, {
    precision,
    watch: options.findNonFinite === true ? watch : undefined,
  });
  const outputs: Record<string, InterpretedTensor> = {};
  for (const [place, { name, node }] of step.outputs.entries()) {
    const result = results[place];
    if (result !== undefined) {
      outputs[name] = { axes: node.axes, element: node.element, values: result };
    }
  }
  const next: Record<string, Values> = {};
  for (const [place, { state, next: node }] of step.carried.entries()) {
    const result = results[step.outputs.length + place];
    const input = step.inputs.find((candidate) => candidate.name === state);
    invariant(result !== undefined && input !== undefined, `no state ${state}`);
    const axes = axesAttribute(input.node.attributes, "axes");
    next[state] = reordered(result, node.axes, axes, allocate({ ...node, axes }, precision));
  }
  return { outputs, next, nonFinite };
}

/** The bad number that the node made: from finite operands, or a NaN from operands without one. */
function brokenBy(node: Node, operands: readonly Values[], result: Values): number | undefined {
  // A mask's −∞ is chosen, not made.
  if (node.inputs.length === 0 || node.operation === "select" || node.operation === "join") {
    return undefined;
  }
  const bad = result.find((value) => !Number.isFinite(value));
  if (bad === undefined) return undefined;
  if (operands.every((operand) => operand.every((value) => Number.isFinite(value)))) return bad;
  const missing = result.find((value) => Number.isNaN(value));
  const hadMissing = operands.some((operand) => operand.some((value) => Number.isNaN(value)));
  return missing === undefined || hadMissing ? undefined : missing;
}
