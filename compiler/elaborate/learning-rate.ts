import type { ScalarExpression } from "../../program/scalar-expression.ts";
import { makeStep, separateHostScalars } from "../graph/index.ts";
import { moduleScope } from "./scope.ts";
import { type RecordValue, record, tensor, type Value } from "./value.ts";
import type { Site, World } from "./world.ts";

/** Where a stage is, as scalars that the host gives at each run. */
export function nowRecord(world: World): RecordValue {
  return record(
    ["step", "length", "epoch", "tokens"].map(
      (name) => [name, tensor(world.builder.input(name, "host", [], "real"))] as const,
    ),
  );
}

/**
 * The schedule that progress shows, as arithmetic on where the stage is: traced at once, since it may
 * be wrong, and written out when it is asked for.
 */
export function learningRateOf(
  world: World,
  site: Site,
  optimizer: RecordValue,
): () => ScalarExpression | undefined {
  const schedule = optimizer.fields.get("learning_rate");
  if (schedule === undefined || schedule.kind === "none") return () => undefined;
  const positional = [nowRecord(world)];
  const given = { positional, named: new Map<string, Value>() };
  const rate = world.invoke(schedule, given, site, moduleScope(site.file));
  let made: { readonly expression: ScalarExpression | undefined } | undefined;
  return () => {
    made ??= { expression: written(world, rate) };
    return made.expression;
  };
}

function written(world: World, rate: Value): ScalarExpression | undefined {
  if (rate.kind === "number") return { kind: "number", value: rate.value };
  if (rate.kind !== "tensor" || rate.node.axes.length > 0) return undefined;
  if (rate.node.operation === "constant") {
    const { value } = rate.node.attributes;
    return typeof value === "number" ? { kind: "number", value } : undefined;
  }
  const step = makeStep(world.builder, "rate", [{ name: "rate", node: rate.node }], []);
  const { scalars } = separateHostScalars(world.builder, step);
  const [only] = scalars;
  return scalars.length === 1 ? only?.value : undefined;
}
