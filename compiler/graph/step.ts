import type { Axis, Node } from "../operations/tensor.ts";

/** Where a node comes from: source range and the instance path (`blocks[3].attention.query`). */
export interface Origin {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly path: string;
}

/**
 * What an `input` node stands for.
 * - `state`: lives on the device under this name between runs (parameters, moments, caches).
 * - `data`: given by the host at each run (token ids, weights).
 * - `host`: a scalar that the host computes in f64 at each run (`step`, `length`).
 */
export type InputRole = "state" | "data" | "host";

export interface Input {
  readonly name: string;
  readonly role: InputRole;
  /** An `input` node; attributes `name` and `role` repeat these. */
  readonly node: Node;
}

/** One pure program: all that a run of it reads, what it carries to the next run, what it gives. */
export interface Step {
  readonly name: string;
  readonly inputs: readonly Input[];
  /** `state` names an input of role `state`; `next` is its value for the next run (same axes). */
  readonly carried: readonly { readonly state: string; readonly next: Node }[];
  readonly outputs: readonly { readonly name: string; readonly node: Node }[];
  readonly origins: ReadonlyMap<Node, readonly Origin[]>;
}

/** A step whose axes have an order in memory (row-major, last is contiguous); a side table over nodes. */
export interface OrderedStep {
  readonly step: Step;
  /** For every reachable node, region bodies included. A `state` input keeps the order of `memory`. */
  readonly order: ReadonlyMap<Node, readonly Axis[]>;
}
