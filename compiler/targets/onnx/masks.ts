import { inputOf } from "../../layout/attributes.ts";
import { type Order, sameOrder } from "../../layout/orders.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import type { Value } from "./value.ts";

/**
 * What is known of tensors because of masks: where they are 0, and which masks leave every row an
 * entry. Both save passes over attention's largest tensors.
 */
export class Masks {
  /** Tensors that are 0 wherever the mask does not hold, for values that are finite. */
  readonly #zeroOutside = new Map<string, { readonly mask: Value; readonly axes: Order }>();
  /** Masks that hold wherever the places along an axis and its copy are equal. */
  readonly #onDiagonal = new Map<string, readonly [Axis, Axis]>();

  noteZeroOutside(result: Value, mask: Value): void {
    this.#zeroOutside.set(result.tensor.name, { mask, axes: result.axes });
  }

  /** Learns from an element-wise node that was written. */
  note(node: Node, operands: readonly Value[], result: Value): void {
    if (node.operation === "multiply" || node.operation === "negate") {
      for (const operand of operands) {
        const known = this.#zeroOutside.get(operand.tensor.name);
        if (known !== undefined && sameOrder(known.axes, operand.axes)) {
          this.noteZeroOutside(result, known.mask);
        }
      }
    }
    const pair = diagonalOf(node) ?? this.#combined(node, operands);
    if (pair !== undefined) this.#onDiagonal.set(result.tensor.name, pair);
  }

  /** True where `select(mask, value, 0)` changes nothing. */
  selectsNothing(mask: Value, value: Value): boolean {
    const known = this.#zeroOutside.get(value.tensor.name);
    return (
      known !== undefined &&
      sameOrder(known.axes, value.axes) &&
      known.mask.tensor === mask.tensor &&
      sameOrder(known.mask.axes, mask.axes)
    );
  }

  /** True where every row along the axes of `over` has an entry at which the mask holds. */
  opensEveryRow(mask: Value, over: readonly Axis[]): boolean {
    const [axis] = over;
    const pair = this.#onDiagonal.get(mask.tensor.name);
    if (over.length !== 1 || axis === undefined || pair === undefined) return false;
    return pair.includes(axis) && pair[0].size === pair[1].size;
  }

  #combined(node: Node, operands: readonly Value[]): readonly [Axis, Axis] | undefined {
    const [left, right] = operands.map((operand) => this.#onDiagonal.get(operand.tensor.name));
    if (node.operation === "or") return left ?? right;
    if (node.operation !== "and" || left === undefined || right === undefined) return undefined;
    return sameOrder(left, right) ? left : undefined;
  }
}

/** `index(s) <= index(t)` and `x == rename(x, t: s)` hold where s and t are equal. */
function diagonalOf(node: Node): readonly [Axis, Axis] | undefined {
  if (node.operation !== "less_equal" && node.operation !== "equal") return undefined;
  const [left, right] = [inputOf(node, 0), inputOf(node, 1)];
  if (left.operation === "index" && right.operation === "index") {
    const [first] = left.axes;
    const [second] = right.axes;
    return first === undefined || second === undefined ? undefined : paired(first, second);
  }
  const [original, copy] = left.operation === "rename" ? [right, left] : [left, right];
  if (copy.operation !== "rename" || copy.inputs[0] !== original || original.element === "real") {
    return undefined;
  }
  const from = copy.attributes["from"];
  const to = copy.attributes["to"];
  const axes = [...original.axes, ...copy.axes];
  const [first, second] = [axes.find((it) => it === from), axes.find((it) => it === to)];
  return first === undefined || second === undefined ? undefined : paired(first, second);
}

/** Ascending, so that pairs can be compared. */
function paired(first: Axis, second: Axis): readonly [Axis, Axis] {
  return first.id < second.id ? [first, second] : [second, first];
}
