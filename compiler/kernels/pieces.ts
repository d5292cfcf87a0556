import { invariant } from "../../program/invariant.ts";
import { axisAttribute } from "../operations/attributes.ts";
import type { Node } from "../operations/tensor.ts";
import { createExpressions, type Expression, type Variable } from "./expression.ts";
import type { Group } from "./group.ts";
import { choose, createInliner, digits } from "./inline.ts";
import { finish, labelOf, loopsOf } from "./nest.ts";
import { entriesOf, inputOf, overOf, rowAxesOf, scatterOver } from "./nodes.ts";
import type { ProductSurroundings } from "./product.ts";
import type { Combine, Nest, NestSchedule, Phase, View } from "./program.ts";

/** Groups that need several kernels: long reductions of few rows, and sums by owner. */

/** Entries that one owner takes in the first pass of a split reduction. */
const pieceLength = 256;

/** A long reduction of few rows in two passes: pieces of fixed length, then the pieces in order. */
export function buildSplit(group: Group, around: ProductSurroundings): readonly Nest[] {
  const node = group.anchor;
  const depth = entriesOf(overOf(node));
  const pieces = Math.ceil(depth / pieceLength);
  const [input] = [...node.inputs].sort((a, b) => b.axes.length - a.axes.length);
  const walk = around.order.get(input ?? node) ?? [];
  const over = [
    ...overOf(node).filter((axis) => !walk.includes(axis)),
    ...walk.filter((axis) => overOf(node).includes(axis)),
  ];
  const rowAxes = rowAxesOf(node);
  const element = node.element === "real" ? "real" : "int";
  const partial: View = {
    place: around.temporary("pieces", entriesOf(rowAxes) * pieces, element),
    offset: 0,
    strides: new Map(),
    element,
  };
  const combine: Combine =
    node.operation === "max" || node.operation === "min" ? node.operation : "sum";
  const neutral = {
    sum: 0,
    max: Number.NEGATIVE_INFINITY,
    min: Number.POSITIVE_INFINITY,
    argmax: 0,
  };

  const first = (() => {
    const make = createExpressions();
    const rows = loopsOf(rowAxes, "r");
    const piece: Variable = { name: "p", size: pieces };
    const counter: Variable = { name: "c0", size: pieceLength };
    const entry = make.add(make.scale(make.variable(piece), pieceLength), make.variable(counter));
    const place = make.clamp(entry, 0, depth - 1);
    const at = new Map([
      ...rows.map((loop) => [loop.axis, make.variable(loop.variable)] as const),
      ...digits(make, over, place),
    ]);
    const inliner = createInliner(make, around.memory, new Set(), () => undefined);
    const values = node.inputs.map((one) => inliner.evaluate(one, at));
    const [a, b] = values;
    invariant(a !== undefined, "a reduction of nothing");
    const value = b === undefined ? asNumber(a) : make.call("multiply", [a, b], "real");
    const padded = choose(
      make,
      make.lessThan(entry, depth),
      value,
      make.number(neutral[combine], element),
    );
    const index = rows.reduce<Expression>(
      (sum, { axis, variable }) => make.add(make.scale(sum, axis.size), make.variable(variable)),
      make.number(0, "int"),
    );
    const store = {
      operand: inliner.operand(partial, true),
      index: make.add(make.scale(index, pieces), make.variable(piece)),
      value: make.accumulator(0, element),
      condition: undefined,
    };
    return finish(
      make,
      {
        kind: "nest",
        label: `${labelOf(group)} in pieces`,
        operands: inliner.operands,
        rows: [...rows.map((loop) => loop.variable), piece],
        inner: [counter],
        range: undefined,
        phases: [
          { looped: true, reductions: [{ accumulator: 0, combine, value: padded }], stores: [] },
          { looped: false, reductions: [], stores: [store] },
        ],
        accumulators: [element],
        schedule: scheduleOfPieces(around),
      },
      around.profile,
    );

    function asNumber(value: Expression): Expression {
      return value.element === "bool" ? make.call("to_int", [value], "int") : value;
    }
  })();

  const make = createExpressions();
  const rows = loopsOf(rowAxes, "r");
  const counter: Variable = { name: "c0", size: pieces };
  const at = new Map(rows.map((loop) => [loop.axis, make.variable(loop.variable)] as const));
  const inliner = createInliner(make, around.memory, new Set(), () => undefined);
  const flat = rows.reduce<Expression>(
    (sum, { axis, variable }) => make.add(make.scale(sum, axis.size), make.variable(variable)),
    make.number(0, "int"),
  );
  const value = make.load(
    inliner.operand(partial, false),
    make.add(make.scale(flat, pieces), make.variable(counter)),
    element,
  );
  const stores = around.destinations(node).map((view) => ({
    ...inliner.address(view, at, true),
    value: make.accumulator(0, element),
    condition: undefined,
  }));
  const second = finish(
    make,
    {
      kind: "nest",
      label: labelOf(group),
      operands: inliner.operands,
      rows: rows.map((loop) => loop.variable),
      inner: [counter],
      range: undefined,
      phases: [
        { looped: true, reductions: [{ accumulator: 0, combine, value }], stores: [] },
        { looped: false, reductions: [], stores },
      ],
      accumulators: [element],
      schedule:
        around.profile.barrierCost === "cheap" && pieces >= 64
          ? { kind: "workgroup", workgroup: 64 }
          : lane(around),
    },
    around.profile,
  );
  return [first, second];
}

function scheduleOfPieces(around: ProductSurroundings): NestSchedule {
  return around.profile.barrierCost === "cheap"
    ? { kind: "workgroup", workgroup: 64 }
    : lane(around);
}

function lane(around: ProductSurroundings): NestSchedule {
  return { kind: "lane", workgroup: around.profile.workgroup, vector: 1 };
}

/**
 * Sums by id with one owner for each entry of the result, without atomics: the ids are counted, the
 * positions listed by id in their own order, and each owner adds its list in that order.
 */
export function buildScatter(group: Group, around: ProductSurroundings): readonly Nest[] {
  const node = group.anchor;
  const [values, ids] = [inputOf(node, 0), inputOf(node, 1)];
  const axis = axisAttribute(node.attributes, "axis");
  const over = scatterOver(node);
  const keep = ids.axes.filter((one) => !over.includes(one));
  const count = entriesOf(over);
  const owners = entriesOf(keep) * axis.size;
  const idView = around.memoryView(ids);
  const list = (label: string, words: number): View => ({
    place: around.temporary(label, words, "int"),
    offset: 0,
    strides: new Map(),
    element: "int",
  });
  const counts = list("counts", owners);
  const starts = list("starts", owners);
  const positions = list("positions", entriesOf(keep) * count);

  const nest = (
    label: string,
    build: (
      make: ReturnType<typeof createExpressions>,
    ) => Omit<Nest, "kind" | "label" | "schedule">,
  ): Nest => {
    const make = createExpressions();
    return finish(
      make,
      { kind: "nest", label, ...build(make), schedule: lane(around) },
      around.profile,
    );
  };
  const inlinerOf = (make: ReturnType<typeof createExpressions>) =>
    createInliner(make, around.memory, new Set(), () => undefined);
  const one = (make: ReturnType<typeof createExpressions>, condition: Expression) =>
    choose(make, condition, make.number(1, "int"), make.number(0, "int"));
  const keepLoops = loopsOf(keep, "r");
  const keepAt = (make: ReturnType<typeof createExpressions>) =>
    keepLoops.map((loop) => [loop.axis, make.variable(loop.variable)] as const);
  const keepIndex = (make: ReturnType<typeof createExpressions>) =>
    keepLoops.reduce<Expression>(
      (sum, loop) => make.add(make.scale(sum, loop.axis.size), make.variable(loop.variable)),
      make.number(0, "int"),
    );
  const keepVariables = keepLoops.map((loop) => loop.variable);
  const summed = (value: Expression): Phase => ({
    looped: true,
    reductions: [{ accumulator: 0, combine: "sum", value }],
    stores: [],
  });

  const counting = nest("count ids", (make) => {
    const inliner = inlinerOf(make);
    const owner: Variable = { name: "k", size: axis.size };
    const position: Variable = { name: "c0", size: count };
    const at = new Map([...keepAt(make), ...digits(make, over, make.variable(position))]);
    const { operand, index } = inliner.address(idView, at, false);
    const id = make.load(operand, index, "int");
    const same = make.call("equal", [id, make.variable(owner)], "bool");
    const store = {
      operand: inliner.operand(counts, true),
      index: make.add(make.scale(keepIndex(make), axis.size), make.variable(owner)),
      value: make.accumulator(0, "int"),
      condition: undefined,
    };
    return {
      operands: inliner.operands,
      rows: [...keepVariables, owner],
      inner: [position],
      range: undefined,
      phases: [summed(one(make, same)), { looped: false, reductions: [], stores: [store] }],
      accumulators: ["int"],
    };
  });

  const starting = nest("list starts", (make) => {
    const inliner = inlinerOf(make);
    const owner: Variable = { name: "c0", size: axis.size };
    const place = make.add(make.scale(keepIndex(make), axis.size), make.variable(owner));
    const own = make.load(inliner.operand(counts, false), place, "int");
    const store = {
      operand: inliner.operand(starts, true),
      index: place,
      value: make.add(make.accumulator(0, "int"), make.scale(own, -1)),
      condition: undefined,
    };
    return {
      operands: inliner.operands,
      rows: keepVariables,
      inner: [owner],
      range: undefined,
      phases: [{ ...summed(own), stores: [store] }],
      accumulators: ["int"],
    };
  });

  const listing = nest("list positions", (make) => {
    const inliner = inlinerOf(make);
    const position: Variable = { name: "i", size: count };
    const before = ranged(count);
    const idAt = (variable: Variable) => {
      const at = new Map([...keepAt(make), ...digits(make, over, make.variable(variable))]);
      const { operand, index } = inliner.address(idView, at, false);
      return make.load(operand, index, "int");
    };
    const id = idAt(position);
    const same = make.call("equal", [idAt(before), id], "bool");
    const inside = make.call("less", [make.number(-1, "int"), id], "bool");
    const below = make.call("less", [id, make.number(axis.size, "int")], "bool");
    const start = make.load(
      inliner.operand(starts, false),
      make.add(make.scale(keepIndex(make), axis.size), make.clamp(id, 0, axis.size - 1)),
      "int",
    );
    const store = {
      operand: inliner.operand(positions, true),
      index: make.add(
        make.scale(keepIndex(make), count),
        make.add(start, make.accumulator(0, "int")),
      ),
      value: make.variable(position),
      condition: make.and([inside, below]),
    };
    return {
      operands: inliner.operands,
      rows: [...keepVariables, position],
      inner: [before],
      range: { from: make.number(0, "int"), to: make.variable(position) },
      phases: [summed(one(make, same)), { looped: false, reductions: [], stores: [store] }],
      accumulators: ["int"],
    };
  });

  const adding = nest(labelOf(group), (make) => {
    const inliner = inlinerOf(make);
    const owner: Variable = { name: "k", size: axis.size };
    const rest = loopsOf(
      node.axes.filter((other) => other !== axis && !keep.includes(other)),
      "x",
    );
    const member = ranged(count);
    const place = make.add(make.scale(keepIndex(make), axis.size), make.variable(owner));
    const from = make.load(inliner.operand(starts, false), place, "int");
    const to = make.add(from, make.load(inliner.operand(counts, false), place, "int"));
    const position = make.load(
      inliner.operand(positions, false),
      make.add(make.scale(keepIndex(make), count), make.variable(member)),
      "int",
    );
    const restAt = rest.map((loop) => [loop.axis, make.variable(loop.variable)] as const);
    const value = inliner.evaluate(
      values,
      new Map([...keepAt(make), ...restAt, ...digits(make, over, position)]),
    );
    const at = new Map([...keepAt(make), ...restAt, [axis, make.variable(owner)] as const]);
    const stores = around.destinations(node).map((view) => ({
      ...inliner.address(view, at, true),
      value: make.accumulator(0, node.element),
      condition: undefined,
    }));
    return {
      operands: inliner.operands,
      rows: [...keepVariables, owner, ...rest.map((loop) => loop.variable)],
      inner: [member],
      range: { from, to },
      phases: [summed(value), { looped: false, reductions: [], stores }],
      accumulators: [node.element],
    };
  });
  return [counting, starting, listing, adding];
}

/** A counter whose bounds are values; of size 1 it would be taken for a constant. */
function ranged(size: number): Variable {
  return { name: "c0", size: Math.max(2, size) };
}

/** Rows written into a buffer at places; the rest of the buffer is there already. */
export function buildStore(node: Node, destination: View, around: ProductSurroundings): Nest {
  const make = createExpressions();
  const axis = axisAttribute(node.attributes, "axis");
  const from = axisAttribute(node.attributes, "from");
  const rows = inputOf(node, 1);
  const walk = around.order.get(rows) ?? rows.axes;
  const loops = loopsOf(walk, "r");
  const at = new Map(loops.map((loop) => [loop.axis, make.variable(loop.variable)] as const));
  const inliner = createInliner(make, around.memory, new Set(), () => undefined);
  const place = inliner.evaluate(inputOf(node, 2), at);
  const value = inliner.evaluate(rows, at);
  const target = new Map([...at, [axis, place] as const]);
  target.delete(from);
  const { operand, index } = inliner.address(destination, target, true);
  const condition = make.and([
    make.call("less", [make.number(-1, "int"), place], "bool"),
    make.call("less", [place, make.number(axis.size, "int")], "bool"),
  ]);
  return finish(
    make,
    {
      kind: "nest",
      label: "store",
      operands: inliner.operands,
      rows: loops.map((loop) => loop.variable),
      inner: [],
      range: undefined,
      phases: [{ looped: false, reductions: [], stores: [{ operand, index, value, condition }] }],
      accumulators: [],
      schedule: lane(around),
    },
    around.profile,
  );
}
