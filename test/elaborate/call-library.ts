import { createWorld } from "../../compiler/elaborate/elaborate.ts";
import { topLevel } from "../../compiler/elaborate/items.ts";
import { moduleScope } from "../../compiler/elaborate/scope.ts";
import { tensor, type Value } from "../../compiler/elaborate/value.ts";
import { interpret, makeStep, optimise } from "../../compiler/graph/index.ts";
import type { Axis, Element } from "../../compiler/operations/tensor.ts";
import { programOf } from "./recipes.ts";

/** An argument of a test: its dimensions in order, and its entries row-major. */
export interface Given {
  readonly dimensions: Readonly<Record<string, number>>;
  readonly values: readonly number[];
  readonly element?: Element;
}

const types: Readonly<Record<Element, string>> = { real: "Real", int: "Int", bool: "Bool" };

/**
 * Evaluates `result` in a function whose parameters are the given tensors and scalars, and gives its
 * entries row-major in the order of `order`.
 */
export function evaluated(
  uses: string,
  result: string,
  given: Readonly<Record<string, Given>> = {},
  order: readonly string[] = [],
  scalars: Readonly<Record<string, number>> = {},
): readonly number[] {
  const parameters = [
    ...Object.entries(given).map(([name, { dimensions, element = "real" }]) => {
      return `${name}: ${types[element]}[${Object.keys(dimensions).join(", ")}]`;
    }),
    ...Object.keys(scalars).map((name) => `${name}: Real`),
  ];
  const code = `fn tested(${parameters.join(", ")}) -> Any { ${result} }`;
  const program = programOf(`${uses}\n${code}\n`);
  const world = createWorld(program, {});
  const { builder } = world;
  const axes = new Map<string, Axis>();
  const axisOf = (name: string, size: number): Axis => {
    const axis = axes.get(name) ?? builder.axis(name, size);
    axes.set(name, axis);
    return axis;
  };
  const values: Record<string, Float64Array> = {};
  const positional: Value[] = Object.entries(given).map(([name, argument]) => {
    const own = Object.entries(argument.dimensions).map(([axis, size]) => axisOf(axis, size));
    values[name] = Float64Array.from(argument.values);
    return tensor(builder.input(name, "data", own, argument.element ?? "real"));
  });
  for (const name of Object.keys(scalars)) {
    positional.push(tensor(builder.input(name, "host", [], "real")));
  }
  const scope = moduleScope("test.recipe");
  const site = { file: "test.recipe", span: { start: 0, end: 0 } };
  const callee = topLevel(world, "test.recipe", "tested");
  if (callee === undefined) throw new Error("nothing to test");
  const value = world.invoke(callee, { positional, named: new Map() }, site, scope);
  if (world.diagnostics.length > 0) {
    throw new Error(world.diagnostics.map((one) => one.message).join("; "));
  }
  if (value.kind === "number") return [value.value];
  if (value.kind === "boolean") return [value.value ? 1 : 0];
  if (value.kind !== "tensor") throw new Error(`a ${value.kind}`);
  const step = optimise(
    builder,
    makeStep(builder, "tested", [{ name: "result", node: value.node }], []),
  );
  const { result: made } = interpret(step, values, { scalars }).outputs;
  if (made === undefined) throw new Error("no result");
  return inOrder(made.axes, made.values, order);
}

/** Entries row-major in the order of the names. */
function inOrder(
  axes: readonly Axis[],
  values: ArrayLike<number>,
  order: readonly string[],
): readonly number[] {
  const wanted = order.map((name) => axes.findIndex((axis) => axis.name === name));
  if (wanted.length !== axes.length || wanted.includes(-1)) {
    throw new Error(`the result has [${axes.map((axis) => axis.name).join(", ")}]`);
  }
  const strides = axes.map((_, at) =>
    axes.slice(at + 1).reduce((size, axis) => size * axis.size, 1),
  );
  return Array.from({ length: values.length }, (_, index) => {
    let rest = index;
    let offset = 0;
    for (const at of [...wanted].reverse()) {
      const size = axes[at]?.size ?? 1;
      offset += (rest % size) * (strides[at] ?? 0);
      rest = Math.floor(rest / size);
    }
    return values[offset] ?? Number.NaN;
  });
}
