import { invariant } from "../../program/invariant.ts";
import type { OrderedStep, Step } from "../graph/step.ts";
import { reachable } from "../graph/walk.ts";
import { entries as entriesOf } from "../operations/shape.ts";
import type { Axis, Node, Region } from "../operations/tensor.ts";
import { axesOf, inputOf, numberOf, regionOf } from "./attributes.ts";
import {
  arrange,
  inputHint,
  isFlexible,
  type Order,
  restrict,
  resultOrder,
  without,
} from "./orders.ts";
import { rootsOf } from "./roots.ts";

/**
 * Chooses an order in memory for every reachable node, region bodies included. Inputs and tables
 * keep the order of their attribute `axes`. First without wishes, then each reader says what it
 * would like, then again: an order is a preference of the whole, found by small local costs.
 */
export function layout(step: Step): OrderedStep {
  const hints = new Map<Node, Order>();
  let order = forward(step, hints);
  backward(step, order, hints);
  order = forward(step, hints);
  return { step, order };
}

/** One walk from the inputs to the results. */
interface Walk {
  readonly order: Map<Node, Order>;
  /** Nodes that take any order without being moved. */
  readonly flexible: Set<Node>;
  readonly hints: ReadonlyMap<Node, Order>;
}

function forward(step: Step, hints: ReadonlyMap<Node, Order>): ReadonlyMap<Node, Order> {
  const walk: Walk = { order: new Map(), flexible: new Set(), hints };
  forwardFrom(rootsOf(step), walk);
  return walk.order;
}

function forwardFrom(roots: readonly Node[], walk: Walk): void {
  const { order } = walk;
  for (const node of reachable(roots)) {
    if (order.has(node)) continue;
    if (node.operation === "repeat") {
      const region = regionOf(node);
      for (const [index, parameter] of region.parameters.entries()) {
        if (order.has(parameter)) continue;
        const given = orderOf(order, inputOf(node, index));
        order.set(parameter, isEach(region, index) ? without(given, [region.axis]) : given);
      }
      forwardFrom(region.results, walk);
      order.set(node, []);
    } else {
      order.set(node, nodeOrder(node, walk));
    }
  }
}

function nodeOrder(node: Node, walk: Walk): Order {
  switch (node.operation) {
    case "constant":
      return [];
    case "index":
      return node.axes;
    case "input":
    case "table":
    case "random":
      return axesOf(node, "axes");
    case "argument":
      invariant(false, "an argument outside of its region");
      return node.axes;
    case "item":
      return itemOrder(node, walk.order);
    default: {
      const operands = node.inputs.map((input) => ({
        order: orderOf(walk.order, input),
        cost: walk.flexible.has(input) ? 0 : entriesOf(input.axes),
      }));
      if (isFlexible(node, walk.flexible)) walk.flexible.add(node);
      return resultOrder(node, operands, walk.hints.get(node));
    }
  }
}

/** A carried value has the order of its parameter; a stacked one has the region's axis first. */
function itemOrder(node: Node, order: ReadonlyMap<Node, Order>): Order {
  const region = regionOf(inputOf(node, 0));
  const index = numberOf(node, "index");
  const result = region.results[index];
  const parameter = region.parameters[index];
  invariant(result !== undefined, "item beyond the results of its region");
  if (index < region.carried && parameter !== undefined) return orderOf(order, parameter);
  return [region.axis, ...orderOf(order, result)];
}

/** Readers' wishes, from the results back; of several wishes the one of the largest reader holds. */
function backward(step: Step, order: ReadonlyMap<Node, Order>, hints: Map<Node, Order>): void {
  const stateOrder = new Map(
    step.inputs
      .filter((input) => input.role === "state")
      .map((input) => [input.name, axesOf(input.node, "axes")]),
  );
  for (const { state, next } of step.carried) {
    const wanted = stateOrder.get(state);
    if (wanted !== undefined) wish(hints, next, wanted);
  }
  backwardFrom(rootsOf(step), order, hints);
}

function backwardFrom(
  roots: readonly Node[],
  order: ReadonlyMap<Node, Order>,
  hints: Map<Node, Order>,
): void {
  for (const node of [...reachable(roots)].reverse()) {
    if (node.operation === "repeat") {
      const region = regionOf(node);
      region.results.forEach((result, index) => {
        const parameter = region.parameters[index];
        if (index < region.carried && parameter !== undefined) {
          wish(hints, result, orderOf(order, parameter));
        }
      });
      backwardFrom(region.results, order, hints);
      continue;
    }
    if (node.operation === "item") {
      const hint = hints.get(node);
      const region = regionOf(inputOf(node, 0));
      const result = region.results[numberOf(node, "index")];
      if (hint !== undefined && result !== undefined)
        wish(hints, result, without(hint, [region.axis]));
      continue;
    }
    const own = hints.get(node) ?? orderOf(order, node);
    node.inputs.forEach((input, index) => {
      const hint = inputHint(node, index, own);
      if (hint !== undefined) wish(hints, input, arrange(input.axes, restrict(hint, input.axes)));
    });
  }
}

function wish(hints: Map<Node, Order>, node: Node, hint: Order): void {
  if (node.axes.length > 1 && !hints.has(node)) hints.set(node, hint);
}

function isEach(region: Region, index: number): boolean {
  return index >= region.carried && index < region.carried + region.each;
}

function orderOf(order: ReadonlyMap<Node, readonly Axis[]>, node: Node): Order {
  const found = order.get(node);
  invariant(found !== undefined, `no order for ${node.operation}`);
  return found;
}
