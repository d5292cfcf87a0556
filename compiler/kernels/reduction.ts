import { InternalError } from "../../program/invariant.ts";
import type { Element, Node } from "../operations/tensor.ts";
import { below, type Expression, type Expressions } from "./expression.ts";
import { choose } from "./inline.ts";
import type { Combine, Reduction } from "./program.ts";

/** Accumulators of a kernel, each with the pass over the inner entries that fills it. */
export interface Reductions {
  readonly accumulators: readonly Element[];
  /** In order of passes; a pass may read what earlier ones have filled. */
  readonly passes: readonly (readonly Reduction[])[];
  add(combine: Combine, value: Expression): Expression;
  /** The pass after which the value is known; −1 where it reads no accumulator. */
  passOf(value: Expression): number;
}

export function createReductions(make: Expressions): Reductions {
  const accumulators: Element[] = [];
  const passes: Reduction[][] = [];
  const passOfAccumulator: number[] = [];
  const known = new Map<string, Expression>();

  function passOf(value: Expression): number {
    return below([value]).reduce(
      (pass, part) =>
        part.kind === "accumulator" ? Math.max(pass, passOfAccumulator[part.index] ?? -1) : pass,
      -1,
    );
  }

  function add(combine: Combine, value: Expression): Expression {
    const key = `${combine}${value.id}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const pass = passOf(value) + 1;
    const accumulator = accumulators.length;
    const element = combine === "argmax" ? "int" : value.element;
    accumulators.push(element);
    passOfAccumulator.push(pass);
    if (combine === "argmax") {
      accumulators.push(value.element);
      passOfAccumulator.push(pass);
    }
    const list = passes[pass] ?? [];
    passes[pass] = list;
    list.push({ accumulator, combine, value });
    const made = make.accumulator(accumulator, element);
    known.set(key, made);
    return made;
  }

  return { accumulators, passes, add, passOf };
}

/** The smallest number that is finite; below it is only −∞. */
const lowest = -3.4028234663852886e38;

/**
 * A reduction of the table as accumulators: the value at the row for most, for softmax at the entry.
 * Entries of −∞ are selected away, so that no arithmetic meets an infinity.
 */
export function reduced(
  make: Expressions,
  reductions: Reductions,
  node: Node,
  value: Expression,
): Expression {
  const zero = make.number(0);
  switch (node.operation) {
    case "sum":
    case "dot": {
      const number = value.element === "bool" ? make.call("to_int", [value], "int") : value;
      return reductions.add("sum", number);
    }
    case "max":
      return reductions.add("max", value);
    case "min":
      return reductions.add("min", value);
    case "argmax":
      return reductions.add("argmax", value);
    case "log_sum_exp":
    case "softmax": {
      const largest = reductions.add("max", value);
      const some = make.call("less_equal", [make.number(lowest), largest], "bool");
      const shift = choose(make, some, largest, zero);
      const shifted = make.call("subtract", [value, shift], "real");
      const present = make.call("less_equal", [make.number(lowest), value], "bool");
      const power = choose(make, present, make.call("exp", [shifted], "real"), zero);
      const total = reductions.add("sum", power);
      if (node.operation === "softmax") {
        const safe = choose(make, some, total, make.number(1));
        return make.call("divide", [power, safe], "real");
      }
      const log = make.call("log", [choose(make, some, total, make.number(1))], "real");
      const finite = make.call("add", [log, shift], "real");
      return choose(make, some, finite, largest);
    }
    default:
      throw new InternalError(`${node.operation} is no reduction`);
  }
}
