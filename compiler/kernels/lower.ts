import { invariant } from "../../program/invariant.ts";
import type { ScalarExpression } from "../../program/scalar-expression.ts";
import type { OrderedStep } from "../graph/step.ts";
import { reachable } from "../graph/walk.ts";
import { inputOf } from "../layout/attributes.ts";
import { hostScalar, isConstantScalar } from "../layout/host-scalar.ts";
import { rootsOf } from "../layout/roots.ts";
import {
  axesAttribute,
  numberAttribute,
  regionAttribute,
  stringAttribute,
  valuesAttribute,
} from "../operations/attributes.ts";
import { entries as entriesOf } from "../operations/shape.ts";
import type { Axis, Element, Node, Region } from "../operations/tensor.ts";
import { type Group, group } from "./group.ts";
import { buildNest, buildScan } from "./nest.ts";
import { isStridedView, kindOf, unionOf } from "./nodes.ts";
import { buildScatter, buildSplit, buildStore } from "./pieces.ts";
import { buildProduct, type ProductSurroundings } from "./product.ts";
import type { DeviceProfile } from "./profile.ts";
import type { HostScalar, Kernel, Place, ProgramItem, Storage, View } from "./program.ts";
import { inDependencyOrder, overwrittenTooEarly } from "./sequence.ts";
import { denseView, entryOf, sameMemory, throughView } from "./views.ts";

type Fixed = Place & { readonly kind: "fixed" };

export interface Lowered {
  readonly storages: readonly Storage[];
  readonly scalars: readonly HostScalar[];
  readonly items: readonly ProgramItem[];
  readonly before: number;
}

/** One run's tensors and host scalars, whatever the scope. */
interface Tensors {
  readonly storages: Storage[];
  readonly scalars: HostScalar[];
  readonly scalarKeys: Map<string, number>;
  readonly known: Map<string, number>;
  loops: number;
}

export interface LowerOptions {
  /** States that are written beside their memory and copied at the end; others in place. */
  readonly staged: ReadonlySet<string>;
  /** Data and outputs pass through the arena, so that kernels need fewer bindings. */
  readonly packed: boolean;
}

/** An ordered step as kernels in order. */
export function lower(
  ordered: OrderedStep,
  profile: DeviceProfile,
  { staged, packed }: LowerOptions,
): Lowered {
  const { step } = ordered;
  const tensors: Tensors = {
    storages: [],
    scalars: [],
    scalarKeys: new Map(),
    known: new Map(),
    loops: 0,
  };
  const words = (node: Node) => entriesOf(node.axes);
  const first: ProgramItem[] = [];
  const last: ProgramItem[] = [];
  const stateViews = new Map<string, View>();
  for (const input of step.inputs) {
    if (input.role === "host") continue;
    const { element } = input.node;
    const place = storage(tensors, input.role, input.name, element, words(input.node));
    if (input.role === "data" && packed) {
      const copy = storage(tensors, "temporary", input.name, element, words(input.node));
      invariant(copy.kind === "fixed", "a temporary has a place of its own");
      tensors.known.set(`data:${input.name}`, copy.storage);
      first.push({ kind: "copy", from: place, to: copy, words: words(input.node) });
    }
    if (input.role !== "state") continue;
    const axes = axesAttribute(input.node.attributes, "axes");
    stateViews.set(input.name, denseView(place, axes, input.node.element));
  }
  const wanted = new Map<Node, View[]>();
  const want = (node: Node, view: View) => push(wanted, node, view);
  for (const { state, next } of step.carried) {
    const view = stateViews.get(state);
    invariant(view !== undefined, `no state ${state}`);
    if (!staged.has(state)) {
      invariant(view.place.kind === "fixed", "a state in a place of its own");
      want(next, { ...view, place: { ...view.place, next: true } });
      continue;
    }
    const place = storage(tensors, "temporary", `next ${state}`, view.element, words(next));
    want(next, { ...view, place });
    last.push({ kind: "copy", from: place, to: view.place, words: words(next) });
  }
  for (const { name, node } of step.outputs) {
    const port = storage(tensors, "output", name, node.element, words(node));
    const place = packed ? storage(tensors, "temporary", name, node.element, words(node)) : port;
    want(node, denseView(place, node.axes, node.element));
    if (packed) last.push({ kind: "copy", from: place, to: port, words: words(node) });
  }
  const items = lowerScope(tensors, ordered, profile, rootsOf(step), wanted, new Map());
  return {
    storages: tensors.storages,
    scalars: tensors.scalars,
    items: [...first, ...items, ...last],
    before: countNodes(rootsOf(step)),
  };
}

function storage(
  tensors: Tensors,
  kind: Storage["kind"],
  name: string,
  element: Element,
  words: number,
  values?: Float64Array,
): Place {
  const id = tensors.storages.length;
  tensors.storages.push({ id, kind, name, element, words, values });
  tensors.known.set(`${kind}:${name}`, id);
  return { kind: "fixed", storage: id };
}

function orderOf(ordered: OrderedStep, node: Node): readonly Axis[] {
  const order = ordered.order.get(node);
  invariant(order !== undefined, `no order for ${node.operation}`);
  return order;
}

/** The nodes between given views and roots, as items; `views` has the arguments of a body. */
function lowerScope(
  tensors: Tensors,
  ordered: OrderedStep,
  profile: DeviceProfile,
  roots: readonly Node[],
  wanted: ReadonlyMap<Node, readonly View[]>,
  views: Map<Node, View>,
): readonly ProgramItem[] {
  const distinct = [...new Set(roots)];
  const order = reachable(distinct);
  const positions = new Map(order.map((node, index) => [node, index] as const));
  const positionOf = (node: Node): number => positions.get(node) ?? 0;
  const { groups } = group(distinct, profile);
  const destinations = new Map<Node, readonly View[]>();
  const blocks: { readonly key: number; readonly items: readonly ProgramItem[] }[] = [];

  const temporary = (name: string, words: number, element: Element = "real"): Place =>
    storage(tensors, "temporary", name, element, words);

  const dense = (node: Node): View => {
    const place = temporary(node.operation, entriesOf(node.axes), node.element);
    return denseView(place, orderOf(ordered, node), node.element);
  };

  for (const one of groups) {
    if (one.kind === "repeat") continue;
    for (const node of one.results) {
      const given = wanted.get(node) ?? [dense(node)];
      destinations.set(node, given);
      const [first] = given;
      if (first !== undefined && kindOf(node) !== "leaf") views.set(node, first);
    }
  }

  const memory = {
    view(node: Node): View | undefined {
      return views.get(node) ?? leafView(node);
    },
    scalar(node: Node) {
      const host = hostScalar(node);
      invariant(host !== undefined, "no host scalar");
      return { view: scalarsView(), index: scalarIndex(tensors, host) };
    },
  };

  function leafView(node: Node): View | undefined {
    if (hostScalar(node) !== undefined) return undefined;
    if (node.operation === "input") {
      const name = stringAttribute(node.attributes, "name");
      const role = stringAttribute(node.attributes, "role");
      const id = tensors.known.get(`${role}:${name}`);
      invariant(id !== undefined, `no input ${name}`);
      const axes = axesAttribute(node.attributes, "axes");
      const view = denseView({ kind: "fixed", storage: id }, axes, node.element);
      views.set(node, view);
      return view;
    }
    if (node.operation === "table") {
      const axes = axesAttribute(node.attributes, "axes");
      const name = `table ${node.id}`;
      const id = tensors.known.get(`table:${name}`);
      const place: Place =
        id === undefined
          ? storage(
              tensors,
              "table",
              name,
              node.element,
              entriesOf(axes),
              valuesAttribute(node.attributes),
            )
          : { kind: "fixed", storage: id };
      const view = denseView(place, axes, node.element);
      views.set(node, view);
      return view;
    }
    return undefined;
  }

  function scalarsView(): View {
    const id = tensors.known.get("scalars:scalars");
    const place: Place =
      id === undefined
        ? storage(tensors, "scalars", "scalars", "real", 0)
        : { kind: "fixed", storage: id };
    return { place, offset: 0, strides: new Map(), element: "real" };
  }

  /** Where the node is in memory, seen through strided views; undefined where it is nowhere. */
  function seen(node: Node): View | undefined {
    const own = memory.view(node);
    if (own !== undefined || !isStridedView(node)) return own;
    const input = seen(inputOf(node, 0));
    return input === undefined ? undefined : throughView(node, input);
  }

  const around: ProductSurroundings = {
    memory,
    order: ordered.order,
    profile,
    destinations: (node) => destinations.get(node) ?? [],
    memoryView(node) {
      return seen(node) ?? written(node);
    },
    temporary,
  };

  /** Writes a node that has no place of its own (a number, or views of one) into memory. */
  function written(node: Node): View {
    const view = dense(node);
    const alone: Group = {
      id: -1,
      kind: "nest",
      anchor: node,
      domain: node.axes,
      rows: undefined,
      members: new Set([node]),
      results: new Set([node]),
    };
    const nest = buildNest(alone, { ...around, destinations: () => [view] });
    blocks.push({ key: positionOf(node), items: [kernelItem(nest)] });
    views.set(node, view);
    return view;
  }

  function build(one: Group): readonly ProgramItem[] {
    switch (one.kind) {
      case "nest":
        return [kernelItem(buildNest(one, around))];
      case "product": {
        const kernels = buildProduct(one, around);
        if (kernels !== undefined) return kernels.map(kernelItem);
        const over = axesAttribute(one.anchor.attributes, "over");
        const flat: Group = {
          ...one,
          kind: "nest",
          domain: unionOf(one.domain, over),
          rows: one.domain,
        };
        return [kernelItem(buildNest(flat, around))];
      }
      case "split":
        return buildSplit(one, around).map(kernelItem);
      case "scan":
        return [kernelItem(buildScan(one, around))];
      case "scatter":
        return buildScatter(one, around).map(kernelItem);
      case "store":
        return storeItems(one);
      case "repeat":
        return repeatItems(one);
    }
  }

  function storeItems(one: Group): readonly ProgramItem[] {
    const buffer = around.memoryView(inputOf(one.anchor, 0));
    return around.destinations(one.anchor).flatMap((destination) => {
      const fill = sameView(buffer, destination)
        ? []
        : [copyOf(inputOf(one.anchor, 0), destination)];
      return [...fill, kernelItem(buildStore(one.anchor, destination, around))];
    });
  }

  /** A kernel that writes the node, which is in memory, once more. */
  function copyOf(node: Node, destination: View): ProgramItem {
    const copying: Group = {
      id: -1,
      kind: "nest",
      anchor: node,
      domain: node.axes,
      rows: undefined,
      members: new Set(),
      results: new Set([node]),
    };
    return kernelItem(buildNest(copying, { ...around, destinations: () => [destination] }));
  }

  /**
   * A region as a loop. Carried values stay in one buffer where each iteration replaces them entry
   * by entry (sums of gradients); the others alternate between two.
   */
  function repeatItems(one: Group): readonly ProgramItem[] {
    const node = one.anchor;
    const region = regionAttribute(node.attributes);
    const loop = tensors.loops;
    tensors.loops += 1;
    const stacked = new Map<Node, View[]>();
    const after: ProgramItem[] = [];
    for (const item of itemsOf(node)) {
      const index = numberAttribute(item.attributes, "index");
      if (index < region.carried) continue;
      const [target = dense(item), ...others] = wanted.get(item) ?? [];
      views.set(item, target);
      for (const view of others) after.push(copyOf(item, view));
      const result = region.results[index];
      invariant(result !== undefined, "an item beyond the results");
      push(stacked, result, entryOf(target, region.axis, loop));
    }
    let inPlace: readonly number[] = region.parameters.flatMap((_, index) =>
      index < region.carried ? [index] : [],
    );
    for (;;) {
      const tried = loopOf(node, region, loop, stacked, inPlace);
      const safe = inPlace.filter((index) => !tried.overwritten.has(index));
      if (safe.length < inPlace.length) {
        inPlace = safe;
        continue;
      }
      for (const item of itemsOf(node)) {
        const final = tried.finals[numberAttribute(item.attributes, "index")];
        if (final === undefined) continue;
        views.set(item, final);
        for (const view of wanted.get(item) ?? []) after.push(copyOf(item, view));
      }
      return [...tried.items, ...after];
    }
  }

  function itemsOf(repeat: Node): readonly Node[] {
    return order.filter((node) => node.operation === "item" && inputOf(node, 0) === repeat);
  }

  function loopOf(
    node: Node,
    region: Region,
    loop: number,
    stacked: ReadonlyMap<Node, readonly View[]>,
    inPlace: readonly number[],
  ) {
    const inside = new Map<Node, View>();
    const bodyWanted = new Map<Node, View[]>();
    for (const [result, list] of stacked) bodyWanted.set(result, [...list]);
    const items: ProgramItem[] = [];
    const finals: View[] = [];
    const own = new Map<number, number>();
    region.parameters.forEach((parameter, index) => {
      const input = inputOf(node, index);
      if (index >= region.carried) {
        const view = around.memoryView(input);
        const each = index < region.carried + region.each;
        inside.set(parameter, each ? entryOf(view, region.axis, loop) : view);
        return;
      }
      const result = region.results[index];
      invariant(result !== undefined, "a carried value without its next");
      const axes = orderOf(ordered, parameter);
      const buffer = () => {
        const place = temporary("carried", entriesOf(axes), parameter.element);
        invariant(place.kind === "fixed", "a temporary has a place of its own");
        return place;
      };
      const first = buffer();
      const plain = denseView(first, axes, parameter.element);
      const places = (start: Place, second: Fixed) => {
        const buffers = [first.storage, second.storage] as const;
        const place = (access: "read" | "write"): Place => ({
          kind: "carried",
          loop,
          access,
          start,
          buffers,
        });
        inside.set(parameter, { ...plain, place: place("read") });
        push(bodyWanted, result, { ...plain, place: place("write") });
      };
      if (inPlace.includes(index)) {
        own.set(first.storage, index);
        items.push(copyOf(input, plain));
        places(first, first);
        finals.push(plain);
        return;
      }
      const given = around.memoryView(input);
      const fitting = { ...plain, place: given.place, offset: 0 };
      const start = sameView(fitting, given) ? given : rearranged(input, plain);
      const second = region.axis.size > 1 ? buffer() : first;
      places(start.place, second);
      finals.push({ ...plain, place: region.axis.size % 2 === 1 ? first : second });
    });
    const body = lowerScope(tensors, ordered, profile, [...bodyWanted.keys()], bodyWanted, inside);
    items.push({ kind: "loop", loop, count: region.axis.size, reverse: region.reverse, body });
    const overwritten = new Set(
      [...overwrittenTooEarly(body)].map((storage) => own.get(storage) ?? -1),
    );
    return { items, finals, overwritten };
  }

  function rearranged(node: Node, plain: View): View {
    const place = temporary("start", entriesOf(node.axes), node.element);
    const view = { ...plain, place };
    blocks.push({ key: positionOf(node), items: [copyOf(node, view)] });
    return view;
  }

  // Repeats first: the views of their items are where others read.
  const positionOfAll = (one: Group) =>
    Math.max(positionOf(one.anchor), ...[...one.members].map(positionOf));
  const byPosition = [...groups].sort((a, b) => positionOf(a.anchor) - positionOf(b.anchor));
  const repeats = byPosition.filter((one) => one.kind === "repeat");
  const others = byPosition.filter((one) => one.kind !== "repeat");
  for (const one of [...repeats, ...others]) {
    const items = build(one);
    blocks.push({ key: positionOfAll(one), items });
  }
  const sorted = [...blocks].sort((a, b) => a.key - b.key).map((block) => block.items);
  return inDependencyOrder(sorted);
}

function push(map: Map<Node, View[]>, node: Node, view: View): void {
  const known = map.get(node);
  if (known === undefined) map.set(node, [view]);
  else known.push(view);
}

function sameView(left: View, right: View): boolean {
  return (
    sameMemory(left, right) &&
    [...right.strides].every(
      ([axis, stride]) => axis.size === 1 || left.strides.get(axis) === stride,
    ) &&
    [...left.strides].every(([axis]) => axis.size === 1 || right.strides.has(axis))
  );
}

function kernelItem(kernel: Kernel): ProgramItem {
  return { kind: "kernel", kernel };
}

function scalarIndex(tensors: Tensors, host: ScalarExpression): number {
  const key = JSON.stringify(host);
  const known = tensors.scalarKeys.get(key);
  if (known !== undefined) return known;
  const index = tensors.scalars.length;
  invariant(!isConstantScalar(host), "a constant is no host scalar");
  const name = host.kind === "variable" ? host.name : `scalar${index}`;
  tensors.scalars.push({ name, value: host });
  tensors.scalarKeys.set(key, index);
  return index;
}

/** Dispatches of a run where every operation is a kernel of its own. */
function countNodes(roots: readonly Node[]): number {
  return reachable(roots).reduce((count, node) => {
    if (node.operation !== "repeat") return count + (kindOf(node) === "leaf" ? 0 : 1);
    const region = regionAttribute(node.attributes);
    return count + region.axis.size * countNodes(region.results);
  }, 0);
}
