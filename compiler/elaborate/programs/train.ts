import { differentiate, makeStep } from "../../graph/index.ts";
import type { Step } from "../../graph/step.ts";
import type { Node } from "../../operations/tensor.ts";
import { nowRecord } from "../learning-rate.ts";
import type { TrainStage } from "../stage.ts";
import type { LossValue } from "../value.ts";
import type { World } from "../world.ts";
import { tracedLoss } from "./objective.ts";
import { optimizerUpdate } from "./optimizer.ts";
import { stateReader } from "./reader.ts";
import { tokenInputs, tokensRecord } from "./tokens.ts";

export interface TrainSizes {
  /** Rows of a micro-batch. */
  readonly rows: number;
  readonly time: number;
  readonly microBatches: number;
}

/**
 * One optimizer step. Counts of all micro-batches are added first, so that each term is divided once;
 * then gradients of micro-batches are added, clipped to the norm of the stage, and given to the
 * optimizer. Undefined after a refusal.
 */
export function trainStep(world: World, stage: TrainStage, sizes: TrainSizes): Step | undefined {
  const { builder } = world;
  const micro = builder.axis("micro", sizes.microBatches);
  const batch = builder.axis("batch", sizes.rows);
  const time = builder.axis("time", sizes.time);
  world.time = time;
  const reader = stateReader(world, stage.model);
  world.parameters = reader;
  const data = tokenInputs(world, [micro, batch, time]);
  let refused = false;
  const loss = (tokens: readonly Node[]): LossValue["terms"] => {
    const { objective, model, site } = stage;
    const record = tokensRecord(world, tokens);
    const traced = tracedLoss(world, site, objective, model.instance, record);
    if (traced === undefined) refused = true;
    return traced?.terms ?? [];
  };
  const zero = builder.constant(0);
  const first = loss(data.map((node) => builder.apply("take", [node], { axis: micro, at: 0 })));
  if (refused || first.length === 0) return undefined;

  const counts = builder.repeat(
    micro,
    false,
    first.map(() => zero),
    data,
    [],
    (carried, each) => ({
      carried: added(
        world,
        carried,
        loss(each).map((term) => term.count),
      ),
      stacked: [],
    }),
  ).carried;
  const scales = counts.map((count, place) => {
    const coefficient = builder.constant(first[place]?.coefficient ?? 0);
    const counted = builder.apply("less", [zero, count]);
    const divisor = builder.apply("select", [counted, count, builder.constant(1)]);
    const scale = builder.apply("divide", [coefficient, divisor]);
    return builder.apply("select", [counted, scale, zero]);
  });

  const trained = stage.model.parameters.filter((parameter) => parameter.trainable);
  const values = trained.map(({ parameter }) => reader.read(parameter));
  const sums = builder.repeat(
    micro,
    false,
    [zero, ...values.map(() => zero)],
    data,
    [],
    (carried, each) => {
      const terms = loss(each).map((term, place) =>
        builder.apply("multiply", [term.total, scales[place] ?? zero]),
      );
      const total = terms.reduce((sum, term) => builder.apply("add", [sum, term]));
      const gradients = differentiate(builder, total, values, { recompute: stage.recompute });
      return { carried: added(world, carried, [total, ...gradients]), stacked: [] };
    },
  ).carried;
  const [total = zero, ...gradients] = sums;
  const norm = globalNorm(world, gradients);
  const clipped = clip(world, gradients, norm, stage.plan.clip);
  const updates = optimizerUpdate(world, stage, trained, values, clipped, nowRecord(world));
  world.parameters = undefined;
  world.time = undefined;
  if (updates === undefined || refused) return undefined;
  const outputs = [
    { name: "loss", node: total },
    { name: "gradient_norm", node: norm },
    { name: "count", node: counts[0] ?? zero },
  ];
  return makeStep(builder, `${stage.plan.address}.train`, outputs, updates);
}

function added(world: World, left: readonly Node[], right: readonly Node[]): readonly Node[] {
  return left.map((node, place) => {
    const other = right[place];
    return other === undefined ? node : world.builder.apply("add", [node, other]);
  });
}

function globalNorm(world: World, gradients: readonly Node[]): Node {
  const { builder } = world;
  const squares = gradients.map((gradient) => {
    const square = builder.apply("multiply", [gradient, gradient]);
    if (gradient.axes.length === 0) return square;
    return builder.apply("sum", [square], { over: gradient.axes });
  });
  const sum = squares.reduce(
    (total, square) => builder.apply("add", [total, square]),
    builder.constant(0),
  );
  return builder.apply("sqrt", [sum]);
}

/** Gradients scaled so that their norm is at most `most`. */
function clip(
  world: World,
  gradients: readonly Node[],
  norm: Node,
  most: number | undefined,
): readonly Node[] {
  if (most === undefined) return gradients;
  const { builder } = world;
  const safe = builder.apply("add", [norm, builder.constant(1e-6)]);
  const ratio = builder.apply("divide", [builder.constant(most), safe]);
  const factor = builder.apply("minimum", [ratio, builder.constant(1)]);
  return gradients.map((gradient) => builder.apply("multiply", [gradient, factor]));
}
