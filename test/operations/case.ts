import { createBuilder, type GraphBuilder } from "../../compiler/graph/build.ts";
import type { Input, Step } from "../../compiler/graph/step.ts";
import type { Axis, Element, Node } from "../../compiler/operations/tensor.ts";

/** One thing that every target must compute as the interpreter does. */
export interface OperationCase {
  readonly name: string;
  /** Largest |difference| / largest |value|; 0 for what must be exact. */
  readonly tolerance?: number;
  /** `n` is the size under test. */
  readonly build: (make: CaseBuilder, n: number) => Node;
}

/** A graph builder that also makes inputs with numbers in them. */
export interface CaseBuilder {
  readonly graph: GraphBuilder;
  axis(name: string, size: number): Axis;
  real(axes: readonly Axis[], low?: number, high?: number): Node;
  /** Whole numbers in [0, limit). */
  int(axes: readonly Axis[], limit: number): Node;
  bool(axes: readonly Axis[]): Node;
  given(axes: readonly Axis[], values: readonly number[], element?: Element): Node;
}

/** All cases in one step, with the values of its inputs. */
export interface CaseStep {
  readonly step: Step;
  readonly values: Readonly<Record<string, Float32Array | Int32Array>>;
}

export function caseStep(cases: readonly OperationCase[], n: number, seed = 1): CaseStep {
  const graph = createBuilder();
  const chance = generator(seed + 1000 * n);
  const inputs: Input[] = [];
  const values: Record<string, Float32Array | Int32Array> = {};
  const add = (axes: readonly Axis[], element: Element, entry: (index: number) => number): Node => {
    const name = `x${inputs.length}`;
    const node = graph.input(name, "data", axes, element);
    const length = axes.reduce((product, axis) => product * axis.size, 1);
    const numbers = Array.from({ length }, (_, index) => entry(index));
    values[name] = element === "real" ? Float32Array.from(numbers) : Int32Array.from(numbers);
    inputs.push({ name, role: "data", node });
    return node;
  };
  const make: CaseBuilder = {
    graph,
    axis: (name, size) => graph.axis(name, size),
    real: (axes, low = -2, high = 2) => add(axes, "real", () => low + (high - low) * chance()),
    int: (axes, limit) => add(axes, "int", () => Math.floor(limit * chance())),
    bool: (axes) => add(axes, "bool", () => Math.floor(2 * chance())),
    given: (axes, numbers, element = "real") =>
      add(axes, element, (index) => numbers[index % numbers.length] ?? 0),
  };
  const outputs = cases.map((it) => ({ name: it.name, node: it.build(make, n) }));
  return {
    step: { name: `operations_${n}`, inputs, carried: [], outputs, origins: graph.origins },
    values,
  };
}

/** Uniform numbers in [0, 1) that every run repeats (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

/** Largest difference relative to the largest value; infinite where NaN or ±∞ do not agree. */
export function distance(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let largest = 0;
  for (let index = 0; index < wanted.length; index += 1) {
    const a = found[index] ?? Number.NaN;
    const b = wanted[index] ?? Number.NaN;
    if (Object.is(a, b) || a === b) continue;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, Math.abs(a - b));
  }
  for (let index = 0; index < wanted.length; index += 1) {
    const b = Math.abs(wanted[index] ?? 0);
    if (Number.isFinite(b)) largest = Math.max(largest, b);
  }
  return worst === 0 ? 0 : worst / Math.max(largest, Number.MIN_VALUE);
}
