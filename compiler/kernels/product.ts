import { inputOf } from "../layout/attributes.ts";
import { entries as entriesOf } from "../operations/shape.ts";
import type { Axis, Element, Node } from "../operations/tensor.ts";
import { createExpressions, type Variable } from "./expression.ts";
import type { Group } from "./group.ts";
import { createInliner, digits } from "./inline.ts";
import { finish, labelOf, loopsOf, type NestSurroundings } from "./nest.ts";
import { overOf } from "./nodes.ts";
import type { Kernel, Place, Product, ProductLoops, ProductSchedule, View } from "./program.ts";

/** What products need beside what nests need. */
export interface ProductSurroundings extends NestSurroundings {
  /** The tensor in memory, strided views seen through; every operand of a product has one. */
  memoryView(node: Node): View;
  /** A new temporary of so many words. */
  temporary(label: string, words: number, element: Element): Place;
}

interface Sides {
  readonly left: View;
  readonly right: View;
  readonly result: View;
  readonly batch: readonly Axis[];
  readonly rows: readonly Axis[];
  readonly columns: readonly Axis[];
  readonly depth: readonly Axis[];
}

/** A tiled product, with a kernel before it where an operand must be packed; undefined: no tiles fit. */
export function buildProduct(
  group: Group,
  around: ProductSurroundings,
): readonly Kernel[] | undefined {
  const node = group.anchor;
  const [destination] = around.destinations(node);
  const [first] = group.results;
  const shape = destination ?? (first === undefined ? undefined : around.destinations(first)[0]);
  if (shape === undefined) return undefined;
  const sides = arrangeSides(node, around, shape);
  const loops = loopsOfSides(sides);
  if ([loops.batch, loops.rows, loops.columns, loops.depth].some((one) => one.sizes.length > 3)) {
    return undefined;
  }
  const plain = group.results.size === 1 && destination !== undefined && first === node;
  return around.profile.barrierCost === "dear"
    ? registerProduct(group, around, sides, plain)
    : [product(group, around, sides, plain, workgroupSchedule(sides))];
}

/** Columns are the side along which the result is contiguous. */
function arrangeSides(node: Node, around: ProductSurroundings, result: View): Sides {
  const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
  const onlyIn = (one: Node, other: Node) =>
    node.axes.filter((axis) => one.axes.includes(axis) && !other.axes.includes(axis));
  const contiguous = node.axes.find((axis) => axis.size > 1 && result.strides.get(axis) === 1);
  const turned = contiguous !== undefined && onlyIn(a, b).includes(contiguous);
  const [left, right] = turned ? [b, a] : [a, b];
  const views = { left: around.memoryView(left), right: around.memoryView(right) };
  const byStride = (axes: readonly Axis[], ...views: readonly View[]) =>
    [...axes].sort((p, q) => {
      for (const view of views) {
        const difference = strideOf(view, q) - strideOf(view, p);
        if (difference !== 0) return difference;
      }
      return p.id - q.id;
    });
  return {
    ...views,
    result,
    batch: byStride(
      node.axes.filter((axis) => a.axes.includes(axis) && b.axes.includes(axis)),
      result,
    ),
    rows: byStride(onlyIn(left, right), result),
    columns: byStride(onlyIn(right, left), result),
    depth: byStride(overOf(node), views.right, views.left),
  };
}

function strideOf(view: View, axis: Axis): number {
  return view.strides.get(axis) ?? 0;
}

function loopsOfSides(sides: Sides) {
  return {
    batch: fused(sides.batch, sides),
    rows: fused(sides.rows, sides),
    columns: fused(sides.columns, sides),
    depth: fused(sides.depth, sides),
  };
}

/** Axes as loops, neighbours fused where all three tensors allow it. */
function fused(axes: readonly Axis[], sides: Sides): ProductLoops {
  const loops: { size: number; left: number; right: number; result: number }[] = [];
  for (const axis of axes) {
    if (axis.size === 1) continue;
    const next = {
      size: axis.size,
      left: strideOf(sides.left, axis),
      right: strideOf(sides.right, axis),
      result: strideOf(sides.result, axis),
    };
    const last = loops.at(-1);
    const whole =
      last !== undefined &&
      last.left === next.left * next.size &&
      last.right === next.right * next.size &&
      last.result === next.result * next.size;
    if (last !== undefined && whole) {
      loops[loops.length - 1] = { ...next, size: last.size * next.size };
    } else {
      loops.push(next);
    }
  }
  return {
    sizes: loops.map((loop) => loop.size),
    left: loops.map((loop) => loop.left),
    right: loops.map((loop) => loop.right),
    result: loops.map((loop) => loop.result),
  };
}

function product(
  group: Group,
  around: ProductSurroundings,
  sides: Sides,
  plain: boolean,
  schedule: ProductSchedule,
): Product {
  const make = createExpressions();
  const node = group.anchor;
  const flat = (name: string, axes: readonly Axis[]): Variable => ({ name, size: entriesOf(axes) });
  const at = new Map([
    ...digits(make, sides.batch, make.variable(flat("b", sides.batch))),
    ...digits(make, sides.rows, make.variable(flat("m", sides.rows))),
    ...digits(make, sides.columns, make.variable(flat("n", sides.columns))),
  ]);
  const inliner = createInliner(make, around.memory, group.members, (member) =>
    member === node ? make.accumulator(0, "real") : undefined,
  );
  const left = inliner.operand(sides.left, false);
  const right = inliner.operand(sides.right, false);
  const result = plain ? inliner.operand(sides.result, true) : undefined;
  const stores = plain
    ? []
    : [...group.results].flatMap((member) =>
        around.destinations(member).map((view) => {
          const value = inliner.evaluate(member, at);
          const { operand, index } = inliner.address(view, at, true);
          return { operand, index, value, condition: undefined };
        }),
      );
  return {
    kind: "product",
    label: labelOf(group),
    operands: inliner.operands,
    left,
    right,
    result,
    ...loopsOfSides(sides),
    stores,
    schedule,
  };
}

function workgroupSchedule(sides: Sides): ProductSchedule {
  const large = entriesOf(sides.rows) >= 64 && entriesOf(sides.columns) >= 64;
  return { kind: "workgroup", tile: large ? 64 : 32, depth: 16 };
}

function registerProduct(
  group: Group,
  around: ProductSurroundings,
  sides: Sides,
  plain: boolean,
): readonly Kernel[] {
  const packing = inFours(sides.right, sides.columns, sides) ? undefined : pack(sides, around);
  const packed = packing === undefined ? sides : { ...sides, right: packing.view };
  const columns = entriesOf(sides.columns);
  const wide = Math.ceil(columns / 128) * 128;
  const schedule: ProductSchedule = {
    kind: "register",
    rows: 16,
    columns: columns / wide >= 0.6 ? 16 : 4,
    subgroup: around.profile.subgroupSize,
    vectorStore: inFours(sides.result, sides.columns, sides),
  };
  const main = product(group, around, packed, plain, schedule);
  return packing === undefined ? [main] : [packing.kernel, main];
}

/** Four neighbouring columns are four neighbouring, aligned words. */
function inFours(view: View, columns: readonly Axis[], sides: Sides): boolean {
  const inner = [...columns].reverse().find((axis) => axis.size > 1);
  if (inner === undefined || strideOf(view, inner) !== 1) return false;
  // Fused columns may be longer than the innermost axis.
  const { sizes } = fused(columns, sides);
  if ((sizes.at(-1) ?? 1) % 4 !== 0) return false;
  const others = [...view.strides].filter(([axis]) => !columns.includes(axis) || axis !== inner);
  const last = sizes.at(-1) ?? 1;
  return (
    view.offset % 4 === 0 &&
    placeInFours(view.place) &&
    others.every(
      ([axis, stride]) =>
        axis.size === 1 || stride % 4 === 0 || partOfFused(axis, columns, view, last),
    )
  );
}

/** An outer column axis that is fused with the innermost needs no alignment of its own. */
function partOfFused(axis: Axis, columns: readonly Axis[], view: View, last: number): boolean {
  return columns.includes(axis) && strideOf(view, axis) < last;
}

function placeInFours(place: Place): boolean {
  switch (place.kind) {
    case "fixed":
      return true;
    case "stepped":
      return place.stride % 4 === 0 && placeInFours(place.from);
    case "carried":
      return placeInFours(place.start);
  }
}

/** The right operand copied so that columns lie side by side, padded to a multiple of four. */
function pack(sides: Sides, around: ProductSurroundings) {
  const make = createExpressions();
  const count = entriesOf(sides.columns);
  const padded = Math.ceil(count / 4) * 4;
  const outer = [...sides.batch, ...sides.depth];
  const place = around.temporary("packed", entriesOf(outer) * padded, "real");
  const rows = loopsOf(outer, "r");
  const column: Variable = { name: "n", size: padded };
  const counter = make.variable(column);
  const clamped = make.clamp(counter, 0, count - 1);
  const at = new Map([
    ...rows.map((loop) => [loop.axis, make.variable(loop.variable)] as const),
    ...digits(make, sides.columns, clamped),
  ]);
  const inliner = createInliner(make, around.memory, new Set(), () => undefined);
  const from = inliner.address(sides.right, at, false);
  const strides = new Map<Axis, number>();
  let stride = 1;
  for (const axis of [...sides.columns].reverse()) {
    strides.set(axis, stride);
    stride *= axis.size;
  }
  let index = counter;
  stride = padded;
  for (const { axis, variable } of [...rows].reverse()) {
    strides.set(axis, stride);
    index = make.add(index, make.scale(make.variable(variable), stride));
    stride *= axis.size;
  }
  const view: View = { place, offset: 0, strides, element: sides.right.element };
  const value = make.load(from.operand, from.index, sides.right.element);
  const operand = inliner.operand(view, true);
  const kernel = finish(
    make,
    {
      kind: "nest",
      label: "pack",
      operands: inliner.operands,
      rows: [...rows.map((loop) => loop.variable), column],
      inner: [],
      range: undefined,
      phases: [
        {
          looped: false,
          reductions: [],
          stores: [{ operand, index, value, condition: undefined }],
        },
      ],
      accumulators: [],
      schedule: { kind: "lane", workgroup: around.profile.workgroup.smallest, vector: 1 },
    },
    around.profile,
  );
  return { kernel, view };
}
