import type { OrderedStep } from "../graph/step.ts";
import { reachable } from "../graph/walk.ts";
import type { Attribute, Axis, Node, Region } from "../operations/tensor.ts";
import { regionOf } from "./attributes.ts";
import { rootsOf } from "./roots.ts";

/** The text of `emit --as ordered`: one line a node, its axes in memory order. */
export function printOrdered(ordered: OrderedStep): string {
  const names = new Map<Node, string>();
  const lines = [`step ${ordered.step.name}`];
  printNodes(rootsOf(ordered.step), ordered, names, "  ", lines);
  for (const { state, next } of ordered.step.carried) {
    lines.push(`  next ${state} = ${names.get(next) ?? "?"}`);
  }
  for (const { name, node } of ordered.step.outputs) {
    lines.push(`  output ${name} = ${names.get(node) ?? "?"}`);
  }
  return `${lines.join("\n")}\n`;
}

function printNodes(
  roots: readonly Node[],
  ordered: OrderedStep,
  names: Map<Node, string>,
  indent: string,
  lines: string[],
): void {
  for (const node of reachable(roots)) {
    if (names.has(node)) continue;
    const name = `%${names.size}`;
    names.set(node, name);
    const inputs = node.inputs.map((input) => names.get(input) ?? "?").join(", ");
    if (node.operation === "repeat") {
      const region = regionOf(node);
      const direction = region.reverse ? " reverse" : "";
      lines.push(`${indent}${name} = repeat ${axisText(region.axis)}${direction} (${inputs})`);
      printNodes(region.parameters, ordered, names, `${indent}  `, lines);
      printNodes(region.results, ordered, names, `${indent}  `, lines);
      const results = region.results.map((result) => names.get(result) ?? "?").join(", ");
      lines.push(`${indent}  give ${results}`);
      continue;
    }
    const axes = (ordered.order.get(node) ?? []).map(axisText).join(", ");
    const given = Object.entries(node.attributes)
      .filter(([key]) => key !== "region")
      .map(([key, value]) => ` ${key}=${attributeText(value)}`)
      .join("");
    lines.push(`${indent}${name}: ${node.element}[${axes}] = ${node.operation}(${inputs})${given}`);
  }
}

function axisText(axis: Axis): string {
  return `${axis.name}:${axis.size}`;
}

function attributeText(value: Attribute): string {
  if (value instanceof Float64Array) return `<${value.length} values>`;
  if (isAxes(value)) return `[${value.map(axisText).join(", ")}]`;
  if (typeof value !== "object") return String(value);
  return isRegion(value) ? "region" : axisText(value);
}

function isAxes(value: Attribute): value is readonly Axis[] {
  return Array.isArray(value);
}

function isRegion(value: Axis | Region): value is Region {
  return "parameters" in value;
}
