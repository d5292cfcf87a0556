import { axesAttribute, regionAttribute } from "../operations/attributes.ts";
import { isShapeProblem } from "../operations/row.ts";
import { sameAxes } from "../operations/shape.ts";
import { findRow } from "../operations/table.ts";
import type { Node, TensorType } from "../operations/tensor.ts";
import { rootsOf } from "./optimise.ts";
import type { Step } from "./step.ts";
import { reachable } from "./walk.ts";

/** What is wrong with a step; a sound one gives nothing. Tests run it between passes. */
export function verify(step: Step): readonly string[] {
  const problems: string[] = [];
  const declared = new Set(step.inputs.map((input) => input.node));
  const names = new Set<string>();
  for (const { name, role, node } of step.inputs) {
    if (names.has(name)) problems.push(`two inputs are named ${name}`);
    names.add(name);
    const agrees = node.attributes["name"] === name && node.attributes["role"] === role;
    if (node.operation !== "input" || !agrees) problems.push(`the input ${name} is another node`);
    if (role === "host" && node.axes.length > 0) problems.push(`the host input ${name} has axes`);
  }
  for (const { state, next } of step.carried) {
    const input = step.inputs.find((candidate) => candidate.name === state);
    if (input?.role !== "state") problems.push(`${state} is carried and is no state`);
    else if (!sameType(input.node, next)) problems.push(`${state} changes its type`);
  }
  const replaced = step.carried.map((carry) => carry.state);
  if (new Set(replaced).size !== replaced.length) problems.push("a state is replaced twice");
  const nodes = reachable(rootsOf(step));
  for (const node of nodes) {
    if (node.operation === "argument") problems.push(`${show(node)} is outside of its region`);
    if (node.operation === "input" && !declared.has(node)) {
      problems.push(`${show(node)} is not declared`);
    }
  }
  verifyNodes(nodes, problems);
  return problems;
}

function show(node: Node): string {
  return `${node.operation} ${node.id}`;
}

function sameType(left: TensorType, right: TensorType): boolean {
  return left.element === right.element && sameAxes(left.axes, right.axes);
}

function verifyNodes(nodes: readonly Node[], problems: string[]): void {
  for (const node of nodes) {
    const row = findRow(node.operation);
    if (row === undefined) {
      problems.push(`${show(node)} is not in the table`);
      continue;
    }
    if (row.arity !== undefined && row.arity !== node.inputs.length) {
      problems.push(`${show(node)} has ${node.inputs.length} operands, not ${row.arity}`);
      continue;
    }
    if (node.inputs.some((input) => input.id >= node.id)) {
      problems.push(`${show(node)} is older than an operand`);
    }
    if (node.axes.some((axis, place) => axis.id <= (node.axes[place - 1]?.id ?? -1))) {
      problems.push(`${show(node)} has its axes out of order`);
    }
    if (row.promote === "real" && node.inputs.some((input) => input.element !== "real")) {
      problems.push(`${show(node)} has an operand that is not real`);
    }
    const type = row.shape(node.inputs, node.attributes);
    if (isShapeProblem(type)) problems.push(`${show(node)}: ${type.detail}`);
    else if (!sameType(type, node))
      problems.push(`${show(node)} has another type than its rule says`);
    if (node.operation === "repeat") verifyRegion(node, problems);
    if (
      node.operation === "input" &&
      !sameAxes(axesAttribute(node.attributes, "axes"), node.axes)
    ) {
      problems.push(`${show(node)} is stored along other axes`);
    }
  }
}

function verifyRegion(node: Node, problems: string[]): void {
  const { axis, parameters, carried, each, results } = regionAttribute(node.attributes);
  for (const [place, parameter] of parameters.entries()) {
    const input = node.inputs[place];
    if (parameter.operation !== "argument" || input === undefined) {
      problems.push(`parameter ${place} of ${show(node)} is no argument`);
      continue;
    }
    const isEach = place >= carried && place < carried + each;
    const axes = isEach ? input.axes.filter((own) => own !== axis) : input.axes;
    if (!sameType(parameter, { axes, element: input.element })) {
      problems.push(`parameter ${place} of ${show(node)} has another type than what is given`);
    }
    if (isEach && !input.axes.includes(axis)) {
      problems.push(`what is given of each entry to ${show(node)} lacks ${axis.name}`);
    }
    const next = results[place];
    if (place < carried && (next === undefined || !sameType(next, parameter))) {
      problems.push(`carried value ${place} of ${show(node)} changes its type`);
    }
  }
  const nodes = reachable(results);
  const own = new Set(parameters);
  for (const inner of nodes) {
    if (inner.operation === "input")
      problems.push(`the body of ${show(node)} reads ${show(inner)}`);
    if (inner.operation === "argument" && !own.has(inner)) {
      problems.push(`the body of ${show(node)} reads an argument of another region`);
    }
  }
  verifyNodes(nodes, problems);
}
