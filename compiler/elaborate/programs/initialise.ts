import type { InitialState } from "../../../program/compile-request.ts";
import { invariant } from "../../../program/invariant.ts";
import { uniforms } from "../../../program/random.ts";
import { interpret, makeStep } from "../../graph/index.ts";
import { entries } from "../../operations/shape.ts";
import type { Node } from "../../operations/tensor.ts";
import { moduleScope } from "../scope.ts";
import type { PlacedParameter, TrainStage } from "../stage.ts";
import { type InitialiserValue, tensor } from "../value.ts";
import type { World } from "../world.ts";
import { optimizerStates } from "./optimizer.ts";

/** Values of one tensor before they are rounded. */
export interface Initial {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Every state of a stage at its start, in double precision. */
export function initialValues(world: World, stage: TrainStage, seed: number): readonly Initial[] {
  const result: Initial[] = [];
  for (const placed of stage.model.parameters) {
    const { state, axes, path } = placed;
    const shape = axes.map((axis) => axis.size);
    const values = initialParameter(world, stage, placed, seed);
    result.push({ name: state, shape, values });
    if (!placed.trainable) continue;
    const value = world.builder.input(state, "state", axes, "real");
    const states = optimizerStates(world, stage, placed, value);
    invariant(states !== undefined, `the optimizer has no state for ${path}`);
    for (const { name, axes: order, start } of states) {
      const own = order.map((axis) => axis.size);
      result.push({
        name,
        shape: own,
        values: evaluated(world, start, order, { [state]: values }),
      });
    }
  }
  return result;
}

/** The same rounded once to what a device holds. */
export function initialStates(
  world: World,
  stage: TrainStage,
  seed: number,
): readonly InitialState[] {
  return initialValues(world, stage, seed).map(({ name, shape, values }) => {
    return { name, shape, values: Float32Array.from(values) };
  });
}

function initialParameter(
  world: World,
  stage: TrainStage,
  placed: PlacedParameter,
  seed: number,
): Float64Array {
  const { parameter, axes, stack, path } = placed;
  const { initialiser } = parameter;
  const count = entries(parameter.axes);
  if (initialiser.kind === "initialiser") {
    const values = new Float64Array(entries(axes));
    for (let entry = 0; entry < (stack?.size ?? 1); entry += 1) {
      const key = stack === undefined ? path : `${path}[${entry}]`;
      values.set(drawn(initialiser, seed, key, count), entry * count);
    }
    return values;
  }
  const like = world.builder.input(placed.state, "state", axes, "real");
  const given = { positional: [tensor(like, parameter.sides)], named: new Map() };
  const made = world.invoke(initialiser, given, stage.site, moduleScope(stage.site.file));
  const node =
    made.kind === "tensor"
      ? made.node
      : made.kind === "number"
        ? world.builder.constant(made.value)
        : undefined;
  invariant(node !== undefined, `the initialiser of ${path} gives no tensor`);
  const zeros = new Float64Array(entries(axes));
  return evaluated(world, world.builder.expanded(node, axes), axes, { [placed.state]: zeros });
}

/** The rows of the table of initialisers. */
function drawn(
  initialiser: InitialiserValue,
  seed: number,
  key: string,
  count: number,
): Float64Array {
  const setting = (name: string): number => initialiser.settings.get(name) ?? Number.NaN;
  switch (initialiser.row) {
    case "normal": {
      // Box and Muller's pairs; 1 - u keeps the logarithm away from 0.
      const numbers = uniforms(seed, key, 2 * count);
      return Float64Array.from({ length: count }, (_, index) => {
        const radius = Math.sqrt(-2 * Math.log(1 - (numbers[2 * index] ?? 0)));
        return (
          setting("deviation") * radius * Math.cos(2 * Math.PI * (numbers[2 * index + 1] ?? 0))
        );
      });
    }
    case "uniform":
      return uniforms(seed, key, count).map((number) => setting("limit") * (2 * number - 1));
    default:
      invariant(false, `there is no initialiser ${initialiser.row}`);
  }
}

/** A node's values, row-major in the order of `axes`. */
function evaluated(
  world: World,
  node: Node,
  axes: PlacedParameter["axes"],
  values: Readonly<Record<string, Float64Array>>,
): Float64Array {
  const state = world.builder.input("initial", "state", axes, "real");
  const next = world.builder.expanded(node, axes);
  const step = makeStep(world.builder, "initial", [], [{ state, next }]);
  const blank = new Float64Array(entries(axes));
  const { next: made } = interpret(step, { ...values, initial: blank });
  return Float64Array.from(made["initial"] ?? []);
}
