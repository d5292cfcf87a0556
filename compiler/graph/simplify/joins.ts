import { axesAttribute, axisAttribute } from "../../operations/attributes.ts";
import type { Builder } from "../../operations/row.ts";
import { withoutAxes } from "../../operations/shape.ts";
import type { Axis, Node } from "../../operations/tensor.ts";
import { constantOf } from "./element-wise.ts";

interface Piece {
  readonly start: number;
  readonly axis: Axis;
  readonly node: Node;
}

/** The sum of joins that are 0 where the other is not (derivatives of parts) is one join. */
export function simplifiedJoins(
  build: Builder,
  operation: string,
  [a, b]: readonly Node[],
): Node | undefined {
  if (operation !== "add" || a?.operation !== "join" || b?.operation !== "join") return undefined;
  const into = axisAttribute(a.attributes, "into");
  if (axisAttribute(b.attributes, "into") !== into || a.axes.length !== b.axes.length)
    return undefined;
  if (withoutAxes(a.axes, b.axes).length > 0) return undefined;
  const pieces = [...piecesOf(a), ...piecesOf(b)].sort((left, right) => left.start - right.start);
  const joined: Piece[] = [];
  let end = 0;
  const fill = (to: number) => {
    if (to === end) return;
    const axis = build.axis("gap", to - end);
    const axes = [...withoutAxes(a.axes, [into]), axis];
    joined.push({ start: end, axis, node: build.apply("expand", [build.constant(0)], { axes }) });
  };
  for (const piece of pieces) {
    if (piece.start < end) return undefined;
    fill(piece.start);
    joined.push(piece);
    end = piece.start + piece.axis.size;
  }
  fill(into.size);
  return build.apply(
    "join",
    joined.map((piece) => piece.node),
    { axes: joined.map((piece) => piece.axis), into },
  );
}

/** What is not 0 in a join, and where. */
function piecesOf(join: Node): readonly Piece[] {
  let start = 0;
  const pieces: Piece[] = [];
  for (const [place, axis] of axesAttribute(join.attributes, "axes").entries()) {
    const node = join.inputs[place];
    const zero = node?.operation === "expand" && constantOf(node.inputs[0]) === 0;
    if (node !== undefined && !zero) pieces.push({ start, axis, node });
    start += axis.size;
  }
  return pieces;
}
