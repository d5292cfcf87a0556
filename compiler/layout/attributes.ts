import { invariant } from "../../program/invariant.ts";
import {
  axesAttribute,
  axisAttribute,
  booleanAttribute,
  numberAttribute,
  regionAttribute,
  stringAttribute,
  valuesAttribute,
} from "../operations/attributes.ts";
import type { Axis, Node, Region } from "../operations/tensor.ts";

/** Attributes of a node by type; a wrong type is a fault of whoever built the node. */

export function numberOf(node: Node, name: string): number {
  return numberAttribute(node.attributes, name);
}

export function textOf(node: Node, name: string): string {
  return stringAttribute(node.attributes, name);
}

export function booleanOf(node: Node, name: string): boolean {
  return booleanAttribute(node.attributes, name);
}

export function axisOf(node: Node, name: string): Axis {
  return axisAttribute(node.attributes, name);
}

export function axesOf(node: Node, name: string): readonly Axis[] {
  return axesAttribute(node.attributes, name);
}

export function valuesOf(node: Node): Float64Array {
  return valuesAttribute(node.attributes);
}

export function regionOf(node: Node): Region {
  return regionAttribute(node.attributes);
}

/** Input `index` of a node. */
export function inputOf(node: Node, index: number): Node {
  const input = node.inputs[index];
  invariant(input !== undefined, `${node.operation} has no input ${index}`);
  return input;
}
