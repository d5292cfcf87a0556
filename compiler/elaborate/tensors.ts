import type { Element, Node } from "../operations/tensor.ts";
import { tensor, type Value } from "./value.ts";
import { applyRow, refuse, type Site, type World } from "./world.ts";

/** The value as a tensor: numbers become constants, parameters what the program reads them from. */
export function tensorOf(world: World, site: Site, value: Value, beside?: Element): Value {
  switch (value.kind) {
    case "tensor":
      return value;
    case "number": {
      const element = value.whole && beside === "int" ? "int" : "real";
      return tensor(world.builder.constant(value.value, element));
    }
    case "boolean":
      return tensor(world.builder.constant(value.value ? 1 : 0, "bool"));
    case "parameter": {
      if (world.parameters === undefined) return refuse(world, site, "a tensor", value);
      return tensor(world.parameters.read(value), value.sides);
    }
    case "entry": {
      const inner = value.value;
      if (inner.kind !== "parameter" || world.parameters === undefined) {
        return refuse(world, site, "a tensor", value);
      }
      const { axis } = value.repeated;
      const stacked = world.parameters.read(inner);
      const node = applyRow(world, site, "take", [stacked], { axis, at: value.at });
      return node === undefined ? { kind: "unknown" } : tensor(node, inner.sides);
    }
    default:
      return refuse(world, site, "a tensor", value);
  }
}

export function isTensorLike(value: Value): boolean {
  return (
    value.kind === "tensor" ||
    value.kind === "parameter" ||
    (value.kind === "entry" && value.value.kind === "parameter")
  );
}

/** Several operands as nodes; whole numbers beside ints are ints. Undefined after a refusal. */
export function nodesOf(
  world: World,
  site: Site,
  values: readonly Value[],
): readonly Node[] | undefined {
  let int = false;
  let real = false;
  for (const value of values) {
    const made = isTensorLike(value) ? tensorOf(world, site, value) : undefined;
    if (made?.kind !== "tensor") continue;
    if (made.node.element === "int") int = true;
    if (made.node.element === "real") real = true;
  }
  const beside = int && !real ? "int" : "real";
  const nodes: Node[] = [];
  for (const value of values) {
    const made = tensorOf(world, site, value, beside);
    if (made.kind !== "tensor") return undefined;
    nodes.push(made.node);
  }
  return nodes;
}

/** The node, or undefined where the value is no tensor (after a report). */
export function nodeOf(world: World, site: Site, value: Value): Node | undefined {
  const made = tensorOf(world, site, value);
  return made.kind === "tensor" ? made.node : undefined;
}
