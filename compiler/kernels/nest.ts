import { invariant } from "../../program/invariant.ts";
import { inputOf } from "../layout/attributes.ts";
import { axisAttribute, booleanAttribute } from "../operations/attributes.ts";
import { entries as entriesOf } from "../operations/shape.ts";
import type { Axis, Node } from "../operations/tensor.ts";
import { collapse } from "./collapse.ts";
import { createExpressions, type Expression, type Variable } from "./expression.ts";
import type { Group } from "./group.ts";
import { type Coordinates, coordinate, createInliner, type Memory } from "./inline.ts";
import { kindOf } from "./nodes.ts";
import type { DeviceProfile } from "./profile.ts";
import type { Nest, NestSchedule, Phase, Store, View } from "./program.ts";
import { createReductions, type Reductions, reduced } from "./reduction.ts";
import { vectorOf } from "./vector.ts";

/** What nests of one scope are built from. */
export interface NestSurroundings {
  readonly memory: Memory;
  readonly order: ReadonlyMap<Node, readonly Axis[]>;
  readonly profile: DeviceProfile;
  /** Where a result must be written; the first is also where others read it. */
  destinations(node: Node): readonly View[];
}

/** A group of loops as one kernel: passes of reductions, each result stored as soon as it is known. */
export function buildNest(group: Group, around: NestSurroundings): Nest {
  const make = createExpressions();
  const domain = domainOrder(group, around);
  const rowAxes = group.rows ?? group.domain;
  const rows = loopsOf(
    domain.filter((axis) => rowAxes.includes(axis)),
    "r",
  );
  const inner = loopsOf(
    domain.filter((axis) => !rowAxes.includes(axis)),
    "c",
  );
  const at: Coordinates = new Map(
    [...rows, ...inner].map(({ axis, variable }) => [axis, make.variable(variable)]),
  );
  const reductions = createReductions(make);
  const inliner = createInliner(make, around.memory, group.members, (node, where) => {
    if (!group.members.has(node) || !isReduction(node)) return undefined;
    invariant(
      node.axes.every((axis) => coordinate(where, axis) === coordinate(at, axis)),
      `${node.operation} is read at other coordinates than its own`,
    );
    return reduced(make, reductions, node, reducedValue(node));
  });

  function reducedValue(node: Node): Expression {
    const values = node.inputs.map((input) => inliner.evaluate(input, at));
    const [first, second] = values;
    invariant(first !== undefined, "a reduction of nothing");
    return second === undefined ? first : make.call("multiply", [first, second], "real");
  }

  const stores: { readonly store: Store; readonly pass: number; readonly looped: boolean }[] = [];
  for (const node of group.results) {
    const value = inliner.evaluate(node, at);
    const looped = node.axes.some((axis) => !rowAxes.includes(axis));
    for (const view of around.destinations(node)) {
      const { operand, index } = inliner.address(view, at, true);
      const store: Store = { operand, index, value, condition: undefined };
      stores.push({ store, pass: reductions.passOf(value), looped });
    }
  }
  const phases = arrangePhases(reductions, stores);
  const nest: Nest = {
    kind: "nest",
    label: labelOf(group),
    operands: inliner.operands,
    rows: rows.map((loop) => loop.variable),
    inner: inner.map((loop) => loop.variable),
    range: undefined,
    phases,
    accumulators: reductions.accumulators,
    schedule: scheduleOf(domain, rowAxes, group, around.profile),
  };
  return finish(make, nest, around.profile);
}

/** A running sum: the owner of a row walks along the axis and stores as it goes. */
export function buildScan(group: Group, around: NestSurroundings): Nest {
  const make = createExpressions();
  const node = group.anchor;
  const axis = axisAttribute(node.attributes, "axis");
  const backwards = booleanAttribute(node.attributes, "reverse");
  const rows = loopsOf(
    domainOrder(group, around).filter((other) => other !== axis),
    "r",
  );
  const counter: Variable = { name: "c0", size: axis.size };
  const forwards = make.variable(counter);
  const place = backwards
    ? make.add(make.number(axis.size - 1, "int"), make.scale(forwards, -1))
    : forwards;
  const at: Coordinates = new Map([
    ...rows.map((loop) => [loop.axis, make.variable(loop.variable)] as const),
    [axis, place],
  ]);
  const inliner = createInliner(make, around.memory, group.members, () => undefined);
  const value = inliner.evaluate(inputOf(node, 0), at);
  const total = make.accumulator(0, value.element);
  const stores = around.destinations(node).map((view) => {
    const { operand, index } = inliner.address(view, at, true);
    return { operand, index, value: total, condition: undefined };
  });
  return finish(
    make,
    {
      kind: "nest",
      label: labelOf(group),
      operands: inliner.operands,
      rows: rows.map((loop) => loop.variable),
      inner: [counter],
      range: undefined,
      phases: [{ looped: true, reductions: [{ accumulator: 0, combine: "sum", value }], stores }],
      accumulators: [value.element],
      schedule: { kind: "lane", workgroup: around.profile.workgroup.smallest, vector: 1 },
    },
    around.profile,
  );
}

/** Fuses loops where shapes allow it and decides about vectors. */
export function finish(
  make: ReturnType<typeof createExpressions>,
  nest: Nest,
  profile: DeviceProfile,
): Nest {
  const roots = nest.phases.flatMap((phase) => [
    ...phase.reductions.map((reduction) => reduction.value),
    ...phase.stores.flatMap((store) => [
      store.index,
      store.value,
      ...(store.condition === undefined ? [] : [store.condition]),
    ]),
  ]);
  const outer = collapse(make, nest.rows, roots);
  // An argmax counts its inner entries, in order; fusing keeps the count.
  const deep = collapse(make, nest.inner, roots.map(outer.rewrite));
  const rewrite = (root: Expression) => deep.rewrite(outer.rewrite(root));
  const phases = nest.phases.map(
    (phase): Phase => ({
      looped: phase.looped,
      reductions: phase.reductions.map((one) => ({ ...one, value: rewrite(one.value) })),
      stores: phase.stores.map((store) => ({
        ...store,
        index: rewrite(store.index),
        value: rewrite(store.value),
        condition: store.condition === undefined ? undefined : rewrite(store.condition),
      })),
    }),
  );
  const range =
    nest.range === undefined
      ? undefined
      : { from: outer.rewrite(nest.range.from), to: outer.rewrite(nest.range.to) };
  const finished = { ...nest, rows: outer.loops, inner: deep.loops, phases, range };
  if (finished.schedule.kind !== "lane") return finished;
  const vector = vectorOf(finished, profile);
  const rows = outer.loops.reduce((product, loop) => product * loop.size, 1);
  const owners = deep.loops.length === 0 ? rows / vector : rows;
  const workgroup = workgroupFor(owners, profile);
  return { ...finished, schedule: { kind: "lane", workgroup, vector } };
}

/** As large as leaves some thirty workgroups to share among the cores. */
function workgroupFor(owners: number, { workgroup }: DeviceProfile): number {
  let size = workgroup.smallest;
  while (size < workgroup.largest && owners >= 64 * size) size *= 2;
  return size;
}

function arrangePhases(
  reductions: Reductions,
  stores: readonly { readonly store: Store; readonly pass: number; readonly looped: boolean }[],
): readonly Phase[] {
  const phases: Phase[] = [];
  const passes = reductions.passes.length;
  for (let pass = 0; pass <= passes; pass += 1) {
    const here = stores.filter((store) => store.pass === pass - 1);
    const once = here.filter((store) => !store.looped).map(({ store }) => store);
    const looped = here.filter((store) => store.looped).map(({ store }) => store);
    const reduce = reductions.passes[pass] ?? [];
    if (once.length > 0) phases.push({ looped: false, reductions: [], stores: once });
    if (looped.length > 0 || reduce.length > 0) {
      phases.push({ looped: true, reductions: reduce, stores: looped });
    }
  }
  return phases;
}

/** The order in which the domain is walked: that of the largest result in memory, or of the input. */
function domainOrder(group: Group, around: NestSurroundings): readonly Axis[] {
  const candidates = [...group.results]
    .filter((node) => node.axes.length === group.domain.length)
    .map((node) => [...(around.destinations(node)[0]?.strides ?? [])])
    .map((strides) => strides.sort((a, b) => b[1] - a[1]).map(([axis]) => axis));
  const inputs = isReduction(group.anchor)
    ? [...group.anchor.inputs]
        .sort((a, b) => entriesOf(b.axes) - entriesOf(a.axes))
        .map((input) => around.order.get(input) ?? input.axes)
    : [];
  const preferred = [...candidates, ...inputs].flat();
  const known = new Set(group.domain);
  const listed = [...new Set(preferred)].filter((axis) => known.has(axis));
  return [...group.domain.filter((axis) => !listed.includes(axis)), ...listed];
}

function scheduleOf(
  domain: readonly Axis[],
  rowAxes: readonly Axis[],
  group: Group,
  profile: DeviceProfile,
): NestSchedule {
  const inner = domain.filter((axis) => !rowAxes.includes(axis));
  const last = domain.filter((axis) => axis.size > 1).at(-1);
  const contiguous = last !== undefined && inner.includes(last);
  if (
    group.rows !== undefined &&
    profile.barrierCost === "cheap" &&
    entriesOf(inner) >= 32 &&
    (contiguous || entriesOf(rowAxes) < profile.occupancy)
  ) {
    return { kind: "workgroup", workgroup: entriesOf(inner) >= 256 ? 256 : 64 };
  }
  return { kind: "lane", workgroup: profile.workgroup.smallest, vector: 1 };
}

export function loopsOf(
  axes: readonly Axis[],
  prefix: string,
): readonly { readonly axis: Axis; readonly variable: Variable }[] {
  return axes.map((axis, index) => ({
    axis,
    variable: { name: `${prefix}${index}`, size: axis.size },
  }));
}

export function isReduction(node: Node): boolean {
  const kind = kindOf(node);
  return kind === "reduce" || kind === "contract";
}

export function labelOf(group: Group): string {
  return [...new Set([...group.results].map((node) => node.operation))].slice(0, 4).join("+");
}
