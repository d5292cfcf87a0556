import { isAxes, isAxis, isRegion } from "../operations/attributes.ts";
import type { Attribute, Axis, Node, Region, TensorType } from "../operations/tensor.ts";
import { rootsOf } from "./optimise.ts";
import type { Step } from "./step.ts";
import { reachable } from "./walk.ts";

/** A step as text, one line a node, bodies of regions indented. Numbers are local to the text. */
export function print(step: Step): string {
  const printer = createPrinter(rootsOf(step));
  const lines = [`step ${step.name}`, ...printer.body(rootsOf(step), "  ")];
  for (const { name, node } of step.outputs) lines.push(`  output ${name} = ${printer.name(node)}`);
  for (const { state, next } of step.carried) lines.push(`  next ${state} = ${printer.name(next)}`);
  return `${lines.join("\n")}\n`;
}

interface Printer {
  body(roots: readonly Node[], indent: string): string[];
  name(node: Node): string;
}

function createPrinter(roots: readonly Node[]): Printer {
  const axisNames = nameAxes(roots);
  const names = new Map<Node, string>();
  const axisName = (axis: Axis) => axisNames.get(axis) ?? axis.name;
  const list = (axes: readonly Axis[]) => `[${axes.map(axisName).join(", ")}]`;
  const type = ({ axes, element }: TensorType) => `${element}${list(axes)}`;

  const name = (node: Node): string => {
    if (node.operation === "constant") return constantText(node);
    return names.get(node) ?? "?";
  };

  const attributeText = (value: Attribute): string => {
    if (value instanceof Float64Array) return `${value.length} numbers`;
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value !== "object") return `${value}`;
    if (isAxes(value)) return list(value);
    if (isRegion(value)) return "body";
    return isAxis(value) ? axisName(value) : "";
  };

  const attributes = (node: Node): string => {
    const shown = Object.entries(node.attributes).filter(
      ([key]) => key !== "element" && !(node.operation === "argument"),
    );
    if (shown.length === 0) return "";
    return ` {${shown.map(([key, value]) => `${key}: ${attributeText(value)}`).join(", ")}}`;
  };

  const region = (
    node: Node,
    { axis, reverse, parameters, carried, each, results }: Region,
    indent: string,
  ) => {
    const parts = parameters.map((parameter, place) => {
      names.set(parameter, `%${names.size}`);
      const kind = place < carried ? "carried" : place < carried + each ? "each" : "invariant";
      const given = node.inputs[place];
      const value = given === undefined ? "?" : name(given);
      return `${indent}  ${kind} ${name(parameter)} = ${value} : ${type(parameter)}`;
    });
    const inside = body(results, `${indent}  `);
    const ends = results.map(
      (result, place) => `${indent}  ${place < carried ? "next" : "stack"} ${name(result)}`,
    );
    names.set(node, `%${names.size}`);
    const head = `${indent}${name(node)} = repeat ${axisName(axis)}(${axis.size})${reverse ? " reverse" : ""}`;
    return [head, ...parts, ...inside, ...ends];
  };

  const body = (bodyRoots: readonly Node[], indent: string): string[] =>
    reachable(bodyRoots).flatMap((node) => {
      if (node.operation === "constant" || names.has(node)) return [];
      const regionOf = node.attributes["region"];
      if (node.operation === "repeat" && typeof regionOf === "object" && isRegion(regionOf)) {
        return region(node, regionOf, indent);
      }
      names.set(node, `%${names.size}`);
      const inputs = node.inputs.map(name).join(", ");
      return [
        `${indent}${name(node)} = ${node.operation}(${inputs})${attributes(node)} : ${type(node)}`,
      ];
    });

  return { body, name };
}

function constantText(node: Node): string {
  const value = node.attributes["value"];
  if (node.element === "bool") return value === 0 ? "false" : "true";
  return node.element === "int" ? `${String(value)}i` : String(value);
}

/** Names of axes, numbered where several share one. */
function nameAxes(roots: readonly Node[]): ReadonlyMap<Axis, string> {
  const axes = new Set<Axis>();
  const visit = (nodes: readonly Node[]) => {
    for (const node of reachable(nodes)) {
      for (const axis of node.axes) axes.add(axis);
      for (const value of Object.values(node.attributes)) {
        if (typeof value !== "object" || value instanceof Float64Array) continue;
        if (isAxes(value)) for (const axis of value) axes.add(axis);
        else if (isRegion(value)) {
          axes.add(value.axis);
          visit(value.results);
        } else axes.add(value);
      }
    }
  };
  visit(roots);
  const counts = new Map<string, number>();
  const names = new Map<Axis, string>();
  for (const axis of [...axes].sort((a, b) => a.id - b.id)) {
    const count = counts.get(axis.name) ?? 0;
    counts.set(axis.name, count + 1);
    names.set(axis, count === 0 ? axis.name : `${axis.name}'${count}`);
  }
  return names;
}
