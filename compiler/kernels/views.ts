import { axesAttribute, axisAttribute, numberAttribute } from "../operations/attributes.ts";
import { entries as entriesOf } from "../operations/shape.ts";
import type { Axis, Element, Node } from "../operations/tensor.ts";
import type { Place, View } from "./program.ts";

/** A whole tensor in the given order of axes. */
export function denseView(place: Place, axes: readonly Axis[], element: Element): View {
  const strides = new Map<Axis, number>();
  let stride = 1;
  for (const axis of [...axes].reverse()) {
    strides.set(axis, stride);
    stride *= axis.size;
  }
  return { place, offset: 0, strides, element };
}

/** What a strided view node sees of its operand's memory. */
export function throughView(node: Node, view: View): View {
  const strides = new Map(view.strides);
  let { offset } = view;
  const move = (from: Axis, to: Axis, factor: number) => {
    const stride = view.strides.get(from);
    strides.delete(from);
    if (stride !== undefined) strides.set(to, stride * factor);
    return stride ?? 0;
  };
  const { attributes } = node;
  switch (node.operation) {
    case "rename":
      move(axisAttribute(attributes, "from"), axisAttribute(attributes, "to"), 1);
      break;
    case "part": {
      const stride = move(axisAttribute(attributes, "axis"), axisAttribute(attributes, "into"), 1);
      offset += stride * numberAttribute(attributes, "start");
      break;
    }
    case "take": {
      const axis = axisAttribute(attributes, "axis");
      offset += (view.strides.get(axis) ?? 0) * numberAttribute(attributes, "at");
      strides.delete(axis);
      break;
    }
    case "split": {
      const axis = axisAttribute(attributes, "axis");
      const into = axesAttribute(attributes, "into");
      const stride = view.strides.get(axis);
      strides.delete(axis);
      if (stride === undefined) break;
      into.forEach((axis, index) => {
        strides.set(axis, stride * entriesOf(into.slice(index + 1)));
      });
      break;
    }
    case "reverse": {
      const axis = axisAttribute(attributes, "axis");
      const stride = view.strides.get(axis);
      if (stride === undefined) break;
      offset += stride * (axis.size - 1);
      strides.set(axis, -stride);
      break;
    }
    default: // expand adds axes along which nothing changes
      break;
  }
  return { ...view, offset, strides };
}

/** The view of one entry along the region's axis, as its loop goes on. */
export function entryOf(view: View, axis: Axis, loop: number): View {
  const stride = view.strides.get(axis) ?? 0;
  const strides = new Map(view.strides);
  strides.delete(axis);
  const place: Place =
    stride === 0 ? view.place : { kind: "stepped", from: view.place, loop, stride };
  return { ...view, strides, place };
}

/** True where both begin at the same word, be it before or after a state is replaced. */
export function sameMemory(
  left: { readonly place: Place; readonly offset: number },
  right: { readonly place: Place; readonly offset: number },
): boolean {
  return left.offset === right.offset && placeText(left.place) === placeText(right.place);
}

function placeText(place: Place): string {
  switch (place.kind) {
    case "fixed":
      return String(place.storage);
    case "stepped":
      return `${placeText(place.from)} + ${place.stride} of ${place.loop}`;
    case "carried":
      if (keptIn(place) !== undefined) return String(keptIn(place));
      return `${place.access} ${place.buffers.join("/")} of ${place.loop} after ${placeText(place.start)}`;
  }
}

/** The one buffer of a carried value that each iteration replaces in place. */
export function keptIn(place: Place & { readonly kind: "carried" }): number | undefined {
  const [even, odd] = place.buffers;
  const { start } = place;
  return start.kind === "fixed" && start.storage === even && even === odd ? even : undefined;
}
