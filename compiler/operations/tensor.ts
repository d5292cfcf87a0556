/**
 * The tensor graph's data: axes with identity, and pure nodes over sets of them.
 *
 * These types live beside the table of operations because every rule of the table speaks of them;
 * constructing and interning nodes is graph/'s work.
 */

/** A dimension of one tensor program. Two axes are the same only if they are the same object. */
export interface Axis {
  readonly id: number;
  readonly name: string;
  /** Number of entries; NaN while only the checker knows the axis (sizes are symbolic there). */
  readonly size: number;
  /** Set for what `rename` of this axis made: a copy of `time` remembers `time`. */
  readonly copyOf: Axis | undefined;
}

export type Element = "real" | "int" | "bool";

/** What shape rules read and give; the order of `axes` carries no meaning at this level. */
export interface TensorType {
  readonly axes: readonly Axis[];
  readonly element: Element;
}

export type Attribute = number | string | boolean | Axis | readonly Axis[] | Region | Float64Array;

export interface Attributes {
  readonly [name: string]: Attribute;
}

/**
 * One operation applied to inputs. Nodes are interned: equal operation, inputs and attributes give
 * the same object, so identity is equality. `axes` is in ascending order of axis id.
 */
export interface Node extends TensorType {
  readonly id: number;
  readonly operation: string;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes;
  /** Results of a `repeat`: its node is a tuple and only `item` nodes read it. */
  readonly tuple: readonly TensorType[] | undefined;
}

/**
 * A body repeated along an axis, one iteration an entry (28 equal blocks; micro-batches).
 *
 * The `repeat` node's inputs are, in order: `carried` start values, `each` values that have `axis`
 * (iteration i sees entry i without the axis), then invariant values. `parameters` are the body's
 * `argument` leaves in that order. `results` are body nodes: the next carried values, then values
 * that are stacked along `axis`. The body reads nothing from outside but its arguments and constants.
 * The node's tuple is: final carried values, then the stacked values.
 */
export interface Region {
  readonly axis: Axis;
  /** Iterate from the last entry to the first. */
  readonly reverse: boolean;
  readonly parameters: readonly Node[];
  readonly carried: number;
  readonly each: number;
  readonly results: readonly Node[];
}
