import { invariant } from "../../program/invariant.ts";
import { isScalarFunction, type ScalarExpression } from "../../program/scalar-expression.ts";
import { numberAttribute, stringAttribute } from "../operations/attributes.ts";
import type { Node } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { rootsOf, withRoots } from "./optimise.ts";
import { rebuild } from "./rebuild.ts";
import type { Step } from "./step.ts";
import { reachable } from "./walk.ts";

export interface HostScalar {
  readonly name: string;
  readonly value: ScalarExpression;
}

/**
 * Moves arithmetic on host inputs (learning rates, bias corrections) out of the step, to be done in f64
 * before each run. In the new step a real input of role `host` stands for each `scalars` entry.
 */
export function separateHostScalars(
  builder: GraphBuilder,
  step: Step,
): { readonly scalars: readonly HostScalar[]; readonly step: Step } {
  const roots = rootsOf(step);
  const nodes = reachable(roots);
  const onHost = new Set<Node>();
  const reads = new Set<Node>();
  for (const node of nodes) {
    if (!isHostNode(node, onHost)) continue;
    onHost.add(node);
    if (node.operation === "input" || node.inputs.some((input) => reads.has(input)))
      reads.add(node);
  }
  const frontier = new Set<Node>(roots.filter((root) => reads.has(root)));
  for (const node of nodes) {
    if (onHost.has(node)) continue;
    for (const input of node.inputs) if (reads.has(input)) frontier.add(input);
  }
  const expressions = new Map<Node, ScalarExpression>();
  for (const node of nodes) if (onHost.has(node)) expressions.set(node, express(node, expressions));

  const scalars: HostScalar[] = [];
  const replacements = new Map<Node, Node>();
  const made: Node[] = [];
  for (const node of [...frontier].sort((a, b) => a.id - b.id)) {
    const value = expressions.get(node);
    invariant(value !== undefined, "a host scalar has an expression");
    const name = value.kind === "variable" ? value.name : `scalar.${scalars.length}`;
    const input = builder.input(name, "host", [], "real");
    scalars.push({ name, value });
    made.push(input);
    replacements.set(node, ofElement(builder, input, node));
  }
  const changed = withRoots(builder, step, rebuild(builder, roots, replacements));
  const inputs = [
    ...step.inputs.filter((input) => input.role !== "host"),
    ...made.map((node, place) => ({
      name: scalars[place]?.name ?? "",
      role: "host" as const,
      node,
    })),
  ];
  return { scalars, step: { ...changed, inputs } };
}

function isHostNode(node: Node, onHost: ReadonlySet<Node>): boolean {
  if (node.axes.length > 0) return false;
  if (node.operation === "constant") return true;
  if (node.operation === "input") return node.attributes["role"] === "host";
  return (
    node.inputs.length > 0 &&
    (isScalarFunction(node.operation) || node.operation === "stop_gradient") &&
    node.inputs.every((input) => onHost.has(input))
  );
}

function express(node: Node, known: ReadonlyMap<Node, ScalarExpression>): ScalarExpression {
  if (node.operation === "constant") {
    return { kind: "number", value: numberAttribute(node.attributes, "value") };
  }
  if (node.operation === "input") {
    return { kind: "variable", name: stringAttribute(node.attributes, "name") };
  }
  const operands = node.inputs.map((input) => {
    const expression = known.get(input);
    invariant(expression !== undefined, "operands come before their users");
    return expression;
  });
  const [only] = operands;
  if (node.operation === "stop_gradient" && only !== undefined) return only;
  invariant(isScalarFunction(node.operation), `${node.operation} is not a scalar function`);
  return { kind: "call", function: node.operation, arguments: operands };
}

/** Host inputs are real; ints and truth values are read off them. */
function ofElement(builder: GraphBuilder, input: Node, node: Node): Node {
  switch (node.element) {
    case "real":
      return input;
    case "int":
      return builder.apply("to_int", [input]);
    case "bool":
      return builder.apply("not", [builder.apply("equal", [input, builder.constant(0)])]);
  }
}
