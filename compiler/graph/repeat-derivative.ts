import { regionAttribute } from "../operations/attributes.ts";
import { unionAxes } from "../operations/shape.ts";
import type { Node, Region } from "../operations/tensor.ts";
import type { GraphBuilder } from "./build.ts";
import { rebuild } from "./rebuild.ts";
import { repeatNode } from "./region.ts";
import { chooseSaved, type Saved } from "./saved-values.ts";

export interface DerivativeOptions {
  /** Bodies of regions keep only what they carry and compute the rest again, backwards. */
  readonly recompute?: boolean;
}

/** See `pullBack`, which hands itself over: bodies contain repeats. */
export type PullBack = (
  builder: GraphBuilder,
  results: readonly Node[],
  given: readonly (Node | undefined)[],
  wrt: readonly Node[],
  options: DerivativeOptions,
) => readonly (Node | undefined)[];

/**
 * The derivative of a `repeat` is a repeat in the other direction. It carries the gradients of the
 * carried values and sums those of the invariants; what its body needs of the forward body comes from
 * a second forward repeat that stacks those values as well.
 *
 * `items` are the gradients of the results; gives the gradients of the inputs.
 */
export function differentiateRepeat(
  builder: GraphBuilder,
  node: Node,
  items: readonly (Node | undefined)[],
  active: ReadonlySet<Node>,
  options: DerivativeOptions,
  pullBack: PullBack,
): readonly (Node | undefined)[] {
  const region = regionAttribute(node.attributes);
  const wanted = region.parameters.map((parameter, place) => {
    const input = node.inputs[place];
    const carried = place < region.carried;
    return parameter.element === "real" && (carried || (input !== undefined && active.has(input)));
  });
  const body = differentiateBody(builder, region, items, wanted, (results, given, wrt) =>
    pullBack(builder, results, given, wrt, options),
  );
  const roots = body.gradients.filter((gradient) => gradient !== undefined);
  const leaves = new Set([...body.carried.values(), ...body.stacked.values()]);
  const saved = chooseSaved(region, roots, leaves, options.recompute === true);
  const forward = saved.stacked.length === 0 ? node : extendedForward(builder, node, region, saved);
  return backward(builder, { node, region, items, body, saved, forward });
}

interface BodyDerivative {
  /** Places of the carried values through which gradients flow, with a leaf for each gradient. */
  readonly carried: ReadonlyMap<number, Node>;
  /** The same for stacked results, by place among the results. */
  readonly stacked: ReadonlyMap<number, Node>;
  /** Gradients of the parameters in terms of the body's nodes and those leaves. */
  readonly gradients: readonly (Node | undefined)[];
}

function differentiateBody(
  builder: GraphBuilder,
  region: Region,
  items: readonly (Node | undefined)[],
  wanted: readonly boolean[],
  pull: (
    results: readonly Node[],
    given: readonly (Node | undefined)[],
    wrt: readonly Node[],
  ) => readonly (Node | undefined)[],
): BodyDerivative {
  const id = builder.regionId();
  const leafFor = (place: number) => {
    const axes = region.results[place]?.axes ?? [];
    return builder.argument(place, axes, "real", id);
  };
  const stacked = new Map<number, Node>();
  const carried = new Map<number, Node>();
  for (const [place, item] of items.entries()) {
    if (item === undefined) continue;
    (place < region.carried ? carried : stacked).set(place, leafFor(place));
  }
  const wrt = region.parameters.filter((_, place) => wanted[place]);
  for (;;) {
    const leaves = region.results.map((_, place) => carried.get(place) ?? stacked.get(place));
    const found = pull(region.results, leaves, wrt);
    const byParameter = new Map(wrt.map((parameter, place) => [parameter, found[place]] as const));
    const gradients = region.parameters.map((parameter) => byParameter.get(parameter));
    // A carried value that gets a gradient in an iteration hands it to the iteration before.
    const fresh = gradients.flatMap((gradient, place) =>
      gradient !== undefined && place < region.carried && !carried.has(place) ? [place] : [],
    );
    if (fresh.length === 0) return { carried, stacked, gradients };
    for (const place of fresh) carried.set(place, leafFor(place));
  }
}

function extendedForward(builder: GraphBuilder, node: Node, region: Region, saved: Saved): Node {
  return repeatNode(builder, {
    ...region,
    results: [...region.results, ...saved.stacked],
    given: node.inputs,
  });
}

interface BackwardParts {
  readonly node: Node;
  readonly region: Region;
  readonly items: readonly (Node | undefined)[];
  readonly body: BodyDerivative;
  readonly saved: Saved;
  readonly forward: Node;
}

function backward(builder: GraphBuilder, parts: BackwardParts): readonly (Node | undefined)[] {
  const { node, region, items, body, saved, forward } = parts;
  const inputOf = (parameter: Node) =>
    node.inputs[region.parameters.indexOf(parameter)] ?? parameter;
  const zeros = (type: Node) => builder.expanded(builder.constant(0), type.axes);

  const carriedPlaces = [...body.carried.keys()];
  const firstInvariant = region.carried + region.each;
  const summed = body.gradients.flatMap((gradient, place) =>
    gradient !== undefined && place >= firstInvariant ? [place] : [],
  );
  const stackedGradients = body.gradients.flatMap((gradient, place) =>
    gradient !== undefined && place >= region.carried && place < firstInvariant ? [place] : [],
  );
  const starts = [
    ...carriedPlaces.map((place) => items[place] ?? zeros(region.results[place] ?? node)),
    ...summed.map((place) => zeros(region.parameters[place] ?? node)),
  ];
  const stackedItems = [...body.stacked.entries()];
  const savedItems = saved.stacked.map((_, place) =>
    builder.apply("item", [forward], { index: region.results.length + place }),
  );
  const each = [
    ...stackedItems.map(([place, leaf]) =>
      builder.expanded(items[place] ?? zeros(leaf), unionAxes(leaf.axes, [region.axis])),
    ),
    ...savedItems,
    ...saved.each.map(inputOf),
  ];
  const eachNodes = [...stackedItems.map(([, leaf]) => leaf), ...saved.stacked, ...saved.each];

  const results = builder.repeat(
    region.axis,
    !region.reverse,
    starts,
    each,
    saved.invariants.map(inputOf),
    (carried, entries, invariants) => {
      const replacements = new Map<Node, Node>();
      const stand = (nodes: readonly Node[], given: readonly Node[]) => {
        for (const [place, old] of nodes.entries()) replacements.set(old, given[place] ?? old);
      };
      stand([...body.carried.values()], carried);
      stand(eachNodes, entries);
      stand(saved.invariants, invariants);
      const zero = (place: number) => zeros(region.parameters[place] ?? node);
      const made = rebuild(
        builder,
        [...carriedPlaces, ...summed, ...stackedGradients].map(
          (place) => body.gradients[place] ?? zero(place),
        ),
        replacements,
      );
      const sums = summed.map((_, place) => {
        const before = carried[carriedPlaces.length + place];
        const more = made[carriedPlaces.length + place];
        return before === undefined || more === undefined
          ? node
          : builder.apply("add", [before, more]);
      });
      return {
        carried: [...made.slice(0, carriedPlaces.length), ...sums],
        stacked: made.slice(carriedPlaces.length + summed.length),
      };
    },
  );
  const flows: (Node | undefined)[] = region.parameters.map(() => undefined);
  for (const [place, parameter] of [...carriedPlaces, ...summed].entries()) {
    flows[parameter] = results.carried[place];
  }
  for (const [place, parameter] of stackedGradients.entries()) {
    flows[parameter] = results.stacked[place];
  }
  return flows;
}
