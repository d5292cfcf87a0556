import { invariant } from "../../program/invariant.ts";
import type { Attribute, Axis, Node, Region } from "../operations/tensor.ts";

/** Reads a node's attributes by type; a wrong type is a fault of whoever built the node. */

function attribute(node: Node, name: string): Attribute {
  const value = node.attributes[name];
  invariant(value !== undefined, `${node.operation} has no attribute ${name}`);
  return value;
}

export function numberOf(node: Node, name: string): number {
  const value = attribute(node, name);
  invariant(typeof value === "number", `${node.operation}.${name} is no number`);
  return value;
}

export function textOf(node: Node, name: string): string {
  const value = attribute(node, name);
  invariant(typeof value === "string", `${node.operation}.${name} is no text`);
  return value;
}

export function booleanOf(node: Node, name: string): boolean {
  const value = attribute(node, name);
  invariant(typeof value === "boolean", `${node.operation}.${name} is no boolean`);
  return value;
}

export function axisOf(node: Node, name: string): Axis {
  const value = attribute(node, name);
  invariant(isAxis(value), `${node.operation}.${name} is no axis`);
  return value;
}

export function axesOf(node: Node, name: string): readonly Axis[] {
  const value = attribute(node, name);
  invariant(Array.isArray(value), `${node.operation}.${name} is no list of axes`);
  return value;
}

export function valuesOf(node: Node, name: string): Float64Array {
  const value = attribute(node, name);
  invariant(value instanceof Float64Array, `${node.operation}.${name} are no values`);
  return value;
}

export function regionOf(node: Node): Region {
  const value = attribute(node, "region");
  invariant(typeof value === "object" && "parameters" in value, "repeat without a region");
  return value;
}

/** Input `index` of a node. */
export function inputOf(node: Node, index: number): Node {
  const input = node.inputs[index];
  invariant(input !== undefined, `${node.operation} has no input ${index}`);
  return input;
}

/** Number of entries of a tensor with these axes. */
export function entriesOf(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * axis.size, 1);
}

function isAxis(value: Attribute): value is Axis {
  return typeof value === "object" && "size" in value && "copyOf" in value;
}
