import { invariant } from "../../program/invariant.ts";
import { inputOf } from "../layout/attributes.ts";
import { axisAttribute } from "../operations/attributes.ts";
import { entries as entriesOf } from "../operations/shape.ts";
import type { Node } from "../operations/tensor.ts";
import { createExpressions, type Expression, type Variable } from "./expression.ts";
import type { Group } from "./group.ts";
import { choose, createInliner, digits } from "./inline.ts";
import { finish, labelOf, loopsOf } from "./nest.ts";
import { overOf, rowAxesOf, scatterOver } from "./nodes.ts";
import type { ProductSurroundings } from "./product.ts";
import type { Combine, Nest, NestSchedule, View } from "./program.ts";

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
  return { kind: "lane", workgroup: around.profile.workgroup.smallest, vector: 1 };
}

/**
 * Sums by id with one owner for each entry of the result, without atomics: positions are ranked by
 * id and then by place, so that each id has a list of its own, and each owner adds its list in order.
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

  type Make = ReturnType<typeof createExpressions>;
  const nest = (
    label: string,
    schedule: NestSchedule,
    build: (make: Make) => Omit<Nest, "kind" | "label" | "schedule">,
  ): Nest => {
    const make = createExpressions();
    return finish(make, { kind: "nest", label, ...build(make), schedule }, around.profile);
  };
  const inlinerOf = (make: Make) => createInliner(make, around.memory, new Set(), () => undefined);
  const keepLoops = loopsOf(keep, "r");
  const keepAt = (make: Make) =>
    keepLoops.map((loop) => [loop.axis, make.variable(loop.variable)] as const);
  const keepIndex = (make: Make) =>
    keepLoops.reduce<Expression>(
      (sum, loop) => make.add(make.scale(sum, loop.axis.size), make.variable(loop.variable)),
      make.number(0, "int"),
    );
  const keepVariables = keepLoops.map((loop) => loop.variable);

  const clearing = nest("no ids yet", lane(around), (make) => {
    const inliner = inlinerOf(make);
    const owner: Variable = { name: "k", size: owners };
    const store = {
      operand: inliner.operand(counts, true),
      index: make.variable(owner),
      value: make.number(0, "int"),
      condition: undefined,
    };
    return {
      operands: inliner.operands,
      rows: [owner],
      inner: [],
      range: undefined,
      phases: [{ looped: false, reductions: [], stores: [store] }],
      accumulators: [],
    };
  });

  const ranking = nest(
    "rank ids",
    count >= 64 ? scheduleOfPieces(around) : lane(around),
    (make) => {
      const inliner = inlinerOf(make);
      const position: Variable = { name: "i", size: count };
      const other: Variable = { name: "c0", size: count };
      const idAt = (variable: Variable) => {
        const at = new Map([...keepAt(make), ...digits(make, over, make.variable(variable))]);
        const { operand, index } = inliner.address(idView, at, false);
        return make.load(operand, index, "int");
      };
      const [id, otherId] = [idAt(position), idAt(other)];
      const counted = (conditions: readonly Expression[]) =>
        choose(make, make.and(conditions), make.number(1, "int"), make.number(0, "int"));
      const smaller = make.call("less", [otherId, id], "bool");
      const same = make.call("equal", [otherId, id], "bool");
      const earlier = make.call("less", [make.variable(other), make.variable(position)], "bool");
      const reductions = [[smaller], [same, earlier], [same]].map((conditions, accumulator) => ({
        accumulator,
        combine: "sum" as const,
        value: counted(conditions),
      }));
      const [before, ahead, all] = [0, 1, 2].map((index) => make.accumulator(index, "int"));
      invariant(before !== undefined && ahead !== undefined && all !== undefined, "three counts");
      const inside = [
        make.call("less", [make.number(-1, "int"), id], "bool"),
        make.call("less", [id, make.number(axis.size, "int")], "bool"),
      ];
      const first = make.call("equal", [ahead, make.number(0, "int")], "bool");
      const owner = make.add(make.scale(keepIndex(make), axis.size), id);
      const listed = make.add(make.scale(keepIndex(make), count), make.add(before, ahead));
      const store = (view: View, index: Expression, value: Expression, condition?: Expression) => ({
        operand: inliner.operand(view, true),
        index,
        value,
        condition,
      });
      const whenFirst = make.and([...inside, first]);
      const stores = [
        store(positions, listed, make.variable(position)),
        store(starts, owner, before, whenFirst),
        store(counts, owner, all, whenFirst),
      ];
      return {
        operands: inliner.operands,
        rows: [...keepVariables, position],
        inner: [other],
        range: undefined,
        phases: [
          { looped: true, reductions, stores: [] },
          { looped: false, reductions: [], stores },
        ],
        accumulators: ["int", "int", "int"],
      };
    },
  );

  const adding = nest(labelOf(group), lane(around), (make) => {
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
      phases: [
        { looped: true, reductions: [{ accumulator: 0, combine: "sum", value }], stores: [] },
        { looped: false, reductions: [], stores },
      ],
      accumulators: [node.element],
    };
  });
  return [clearing, ranking, adding];
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
