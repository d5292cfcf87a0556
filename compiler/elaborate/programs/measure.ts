import { makeStep } from "../../graph/index.ts";
import type { Step } from "../../graph/step.ts";
import type { MeasuredFunction, TrainStage } from "../stage.ts";
import { refuse, type World } from "../world.ts";
import { callWithModel } from "./objective.ts";
import { stateReader } from "./reader.ts";
import { tokenInputs, tokensRecord } from "./tokens.ts";

/** A metric's function over one batch of data: a value for each token. */
export function measureStep(
  world: World,
  stage: TrainStage,
  measured: MeasuredFunction,
  sizes: { readonly rows: number; readonly time: number },
): Step | undefined {
  const { builder } = world;
  const batch = builder.axis("batch", sizes.rows);
  const time = builder.axis("time", sizes.time);
  world.time = time;
  world.parameters = stateReader(world, stage.model);
  const data = tokensRecord(world, tokenInputs(world, [batch, time]));
  const { measured: callee } = measured.metric;
  const value = callWithModel(world, stage.site, callee, stage.model.instance, data);
  world.parameters = undefined;
  world.time = undefined;
  if (value.kind !== "tensor") {
    refuse(world, stage.site, "a metric that gives a number a token", value);
    return undefined;
  }
  if (value.node.axes.some((axis) => axis !== batch && axis !== time)) {
    refuse(world, stage.site, "a metric with the dimensions [batch, time]", value);
    return undefined;
  }
  const node = builder.expanded(value.node, [batch, time]);
  const outputs = [{ name: "value", node }];
  return makeStep(builder, `${stage.plan.address}.${measured.name}`, outputs, []);
}
