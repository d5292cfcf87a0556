import { invariant } from "../../program/invariant.ts";
import { isAxes, isAxis, isRegion } from "../operations/attributes.ts";
import { sortedAxes } from "../operations/shape.ts";
import type {
  Attribute,
  Attributes,
  Axis,
  Node,
  Region,
  TensorType,
} from "../operations/tensor.ts";

/** Makes nodes and axes; equal nodes are one object. Ids ascend, so inputs have smaller ids. */
export interface NodeFactory {
  intern(
    operation: string,
    inputs: readonly Node[],
    attributes: Attributes,
    type: TensorType,
    tuple?: readonly TensorType[],
  ): Node;
  axis(name: string, size: number, copyOf?: Axis): Axis;
  /** A number that no other region of this factory has. */
  regionId(): number;
}

export function createNodeFactory(): NodeFactory {
  const nodes = new Map<string, Map<number | string, Node>>();
  const tables = createTableKeys();
  let nextNode = 0;
  let nextAxis = 0;
  let nextRegion = 0;
  return {
    intern(operation, inputs, attributes, type, tuple) {
      const key = nodeKey(inputs, attributes, tables);
      let ofOperation = nodes.get(operation);
      if (ofOperation === undefined) {
        ofOperation = new Map();
        nodes.set(operation, ofOperation);
      }
      const known = ofOperation.get(key);
      if (known !== undefined) return known;
      const axes = sortedAxes(type.axes);
      const element = type.element;
      const node: Node = { id: nextNode, operation, inputs, attributes, axes, element, tuple };
      nextNode += 1;
      ofOperation.set(key, node);
      return node;
    },
    axis(name, size, copyOf) {
      invariant(Number.isInteger(size) && size >= 0, `axis ${name} has the size ${size}`);
      // A copy of a copy remembers the first.
      const axis: Axis = { id: nextAxis, name, size, copyOf: copyOf?.copyOf ?? copyOf };
      nextAxis += 1;
      return axis;
    },
    regionId() {
      nextRegion += 1;
      return nextRegion;
    },
  };
}

/** Lists of axes whose order carries no meaning; sorted, so that equal nodes are interned as one. */
const setAttributes: Readonly<Record<string, readonly string[]>> = {
  sum: ["over"],
  max: ["over"],
  min: ["over"],
  log_sum_exp: ["over"],
  softmax: ["over"],
  dot: ["over"],
  expand: ["axes"],
  scatter_add: ["keep"],
};

export function canonicalAttributes(operation: string, attributes: Attributes): Attributes {
  const names = setAttributes[operation];
  if (names === undefined) return attributes;
  const sorted: Record<string, Attribute> = { ...attributes };
  for (const name of names) {
    const value = attributes[name];
    if (value !== undefined && isAxes(value)) sorted[name] = sortedAxes(value);
  }
  return sorted;
}

type TableKey = (values: Float64Array) => string;

/** Ids up to here are small enough that two of them fit in one number. */
const PAIRED_IDS = 2 ** 26;

/** Tells nodes of one operation apart: a number for the many that have inputs only. */
function nodeKey(
  inputs: readonly Node[],
  attributes: Attributes,
  tables: TableKey,
): number | string {
  const names = Object.keys(attributes);
  const [first, second] = inputs;
  if (names.length === 0 && first !== undefined && inputs.length <= 2) {
    if (second === undefined) return first.id;
    if (second.id < PAIRED_IDS && first.id < PAIRED_IDS) {
      return -(first.id * PAIRED_IDS + second.id) - 1;
    }
  }
  let key = "";
  for (const input of inputs) key += `,${input.id}`;
  if (names.length > 1) names.sort();
  for (const name of names) {
    const value = attributes[name];
    if (value !== undefined) key += `;${name}=${attributeKey(value, tables)}`;
  }
  return key;
}

function attributeKey(value: Attribute, tables: TableKey): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean") return `${value}`;
  if (value instanceof Float64Array) return tables(value);
  if (isAxes(value)) return `[${value.map((axis) => axis.id).join()}]`;
  if (isRegion(value)) return regionKey(value);
  invariant(isAxis(value), "an attribute of an unknown kind");
  return `a${value.id}`;
}

function regionKey(region: Region): string {
  const parameters = region.parameters.map((node) => node.id).join();
  const results = region.results.map((node) => node.id).join();
  const counts = `${region.carried}/${region.each}/${region.reverse}`;
  return `{${region.axis.id}/${counts}/${parameters}/${results}}`;
}

/** Equal contents give equal keys; hashes only narrow the search. */
function createTableKeys(): TableKey {
  const byHash = new Map<number, { readonly values: Float64Array; readonly key: string }[]>();
  let count = 0;
  return (values) => {
    const hash = hashOf(values);
    const candidates = byHash.get(hash) ?? [];
    const known = candidates.find((candidate) => sameNumbers(candidate.values, values));
    if (known !== undefined) return known.key;
    const key = `table${count}`;
    count += 1;
    candidates.push({ values, key });
    byHash.set(hash, candidates);
    return key;
  };
}

function hashOf(values: Float64Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash;
}

function sameNumbers(left: Float64Array, right: Float64Array): boolean {
  return (
    left.length === right.length && left.every((value, place) => Object.is(value, right[place]))
  );
}
