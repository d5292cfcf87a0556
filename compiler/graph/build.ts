import { invariant } from "../../program/invariant.ts";
import { regionAttribute } from "../operations/attributes.ts";
import type { Builder, Row, ShapeProblem } from "../operations/row.ts";
import { isShapeProblem } from "../operations/row.ts";
import { repeatResults } from "../operations/rows/repeat.ts";
import { sortedAxes, unionAxes, withoutAxes } from "../operations/shape.ts";
import { findRow } from "../operations/table.ts";
import type { Attributes, Axis, Element, Node } from "../operations/tensor.ts";
import { canonicalAttributes, createNodeFactory } from "./node.ts";
import { buildRepeat, type RepeatBody, type RepeatResults } from "./region.ts";
import { simplified } from "./simplify/construction.ts";
import type { InputRole, Origin } from "./step.ts";

/** Builds graphs: interns, converts ints beside reals, and simplifies locally. */
export interface GraphBuilder extends Builder {
  /** As `apply`, for operands that a shape rule may refuse. */
  tryApply(
    operation: string,
    inputs: readonly Node[],
    attributes?: Attributes,
  ): Node | ShapeProblem;
  /** `axes` in the order of memory. */
  input(name: string, role: InputRole, axes: readonly Axis[], element: Element): Node;
  /** Numbers known when compiling, row-major in the order of `axes`. */
  table(values: Float64Array, axes: readonly Axis[], element?: Element): Node;
  index(axis: Axis): Node;
  /** The number of entries as a leaf, which `optimise` turns into a number. */
  size(axis: Axis): Node;
  /** The node along all of these axes; those that it has already are left out. */
  expanded(node: Node, axes: readonly Axis[]): Node;
  /**
   * A body run once for each entry of `axis`. The body may use nodes from outside: they become
   * invariants, and what depends on nothing of the iteration is computed once, outside.
   */
  repeat(
    axis: Axis,
    reverse: boolean,
    carried: readonly Node[],
    each: readonly Node[],
    invariants: readonly Node[],
    body: RepeatBody,
  ): RepeatResults;
  /** A leaf that stands for a value of the iteration; `repeat` makes those of its own body. */
  argument(index: number, axes: readonly Axis[], element: Element, region: number): Node;
  regionId(): number;
  /** What `build` makes (or finds made) comes from these places. */
  withOrigins<T>(origins: readonly Origin[], build: () => T): T;
  withOrigin<T>(origin: Origin, build: () => T): T;
  originsOf(node: Node): readonly Origin[];
  readonly origins: ReadonlyMap<Node, readonly Origin[]>;
}

export function createBuilder(): GraphBuilder {
  const factory = createNodeFactory();
  const origins = new Map<Node, readonly Origin[]>();
  let current: readonly Origin[] = [];

  const noteOrigins = (node: Node, inputs: readonly Node[]): Node => {
    if (current.length === 0 || inputs.includes(node) || node.operation === "constant") return node;
    const known = origins.get(node);
    if (known === undefined) {
      origins.set(node, current);
      return node;
    }
    const added = current.filter((origin) => !known.some((other) => sameOrigin(origin, other)));
    if (added.length > 0) origins.set(node, [...known, ...added]);
    return node;
  };

  const builder: GraphBuilder = {
    origins,
    tryApply(operation, inputs, attributes = {}) {
      const row = findRow(operation);
      invariant(row !== undefined, `there is no operation ${operation}`);
      const type = row.shape(inputs, attributes);
      if (isShapeProblem(type)) return type;
      const promoted = promote(builder, row, inputs);
      const canonical = canonicalAttributes(operation, attributes);
      const simpler = simplified(builder, operation, promoted, canonical, type);
      if (simpler !== undefined) return noteOrigins(simpler, promoted);
      const tuple = row.name === "repeat" ? repeatResults(regionAttribute(attributes)) : undefined;
      return noteOrigins(factory.intern(operation, promoted, canonical, type, tuple), promoted);
    },
    apply(operation, inputs, attributes) {
      const result = builder.tryApply(operation, inputs, attributes);
      invariant(
        !isShapeProblem(result),
        isShapeProblem(result)
          ? `${operation}: ${result.detail} (${result.axes.map((axis) => axis.name).join(", ")})`
          : "",
      );
      return result;
    },
    constant: (value, element = "real") =>
      factory.intern("constant", [], { value, element }, { axes: [], element }),
    input: (name, role, axes, element) => builder.apply("input", [], { name, role, axes, element }),
    table(values, axes, element = "real") {
      const [first] = values;
      if (axes.length === 0 && first !== undefined) return builder.constant(first, element);
      return builder.apply("table", [], { values, axes, element });
    },
    index: (axis) => builder.apply("index", [], { axis }),
    size: (axis) => builder.apply("size", [], { axis }),
    expanded: (node, axes) =>
      builder.apply("expand", [node], { axes: withoutAxes(sortedAxes(axes), node.axes) }),
    argument: (index, axes, element, region) =>
      factory.intern(
        "argument",
        [],
        { index, axes: sortedAxes(axes), element, region },
        { axes: unionAxes(axes), element },
      ),
    regionId: () => factory.regionId(),
    repeat: (axis, reverse, carried, each, invariants, body) =>
      buildRepeat(builder, { axis, reverse, carried, each, invariants, body }),
    axis: (name, size, copyOf) => factory.axis(name, size, copyOf),
    withOrigins(these, build) {
      const before = current;
      current = these;
      try {
        return build();
      } finally {
        current = before;
      }
    },
    withOrigin: (origin, build) => builder.withOrigins([origin], build),
    originsOf: (node) => origins.get(node) ?? [],
  };
  return builder;
}

function promote(build: Builder, row: Row, inputs: readonly Node[]): readonly Node[] {
  switch (row.promote) {
    case "number":
      return inputs.map((input) =>
        input.element === "bool" ? build.apply("to_int", [input]) : input,
      );
    case "real":
      return inputs.map((input) => toReal(build, input));
    case "common":
      return inputs.some((input) => input.element === "real")
        ? inputs.map((input) => toReal(build, input))
        : inputs;
    default:
      return inputs;
  }
}

function toReal(build: Builder, node: Node): Node {
  return node.element === "int" ? build.apply("to_real", [node]) : node;
}

function sameOrigin(left: Origin, right: Origin): boolean {
  return (
    left.start === right.start &&
    left.end === right.end &&
    left.path === right.path &&
    left.file === right.file
  );
}
