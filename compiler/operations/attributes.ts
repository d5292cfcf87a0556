import { invariant } from "../../program/invariant.ts";
import type { Attribute, Attributes, Axis, Element, Region } from "./tensor.ts";

/** Typed access to attributes; a missing or mistyped one is a bug of whoever built the node. */

export function isAxis(value: Attribute): value is Axis {
  return typeof value === "object" && "copyOf" in value;
}

export function isAxes(value: Attribute): value is readonly Axis[] {
  return Array.isArray(value);
}

export function isRegion(value: Attribute): value is Region {
  return typeof value === "object" && "parameters" in value;
}

export function axisAttribute(attributes: Attributes, name: string): Axis {
  const value = attributes[name];
  invariant(value !== undefined && isAxis(value), `attribute ${name} must be an axis`);
  return value;
}

export function axesAttribute(attributes: Attributes, name: string): readonly Axis[] {
  const value = attributes[name];
  invariant(value !== undefined && isAxes(value), `attribute ${name} must be a list of axes`);
  return value;
}

export function numberAttribute(attributes: Attributes, name: string): number {
  const value = attributes[name];
  invariant(typeof value === "number", `attribute ${name} must be a number`);
  return value;
}

export function stringAttribute(attributes: Attributes, name: string): string {
  const value = attributes[name];
  invariant(typeof value === "string", `attribute ${name} must be a text`);
  return value;
}

export function booleanAttribute(attributes: Attributes, name: string): boolean {
  const value = attributes[name];
  invariant(typeof value === "boolean", `attribute ${name} must be true or false`);
  return value;
}

export function elementAttribute(attributes: Attributes): Element {
  const value = attributes["element"];
  invariant(value === "real" || value === "int" || value === "bool", "element must be a type");
  return value;
}

export function regionAttribute(attributes: Attributes): Region {
  const value = attributes["region"];
  invariant(value !== undefined && typeof value === "object" && isRegion(value), "no region");
  return value;
}

export function valuesAttribute(attributes: Attributes): Float64Array {
  const value = attributes["values"];
  invariant(value instanceof Float64Array, "values must be numbers");
  return value;
}
