import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createBuilder,
  differentiate,
  interpret,
  optimise,
  verify,
} from "../../compiler/graph/index.ts";
import { axesAttribute } from "../../compiler/operations/attributes.ts";
import { entries } from "../../compiler/operations/shape.ts";
import { generator } from "../operations/cases.ts";
import { inOrder, stepOf } from "./harness.ts";
import { buildRandomModel, type ModelPlan, modelPlan } from "./random-model.ts";

/** A weighed sum of a model's output with its gradients, before and after the passes. */
function build(plan: ModelPlan, recompute: boolean) {
  const builder = createBuilder();
  const { output } = buildRandomModel(builder, plan, 2, 5);
  const random = generator(17);
  const weights = Float64Array.from({ length: entries(output.axes) }, () => random() + 0.5);
  const weighed = builder.apply("multiply", [output, builder.table(weights, output.axes)]);
  const loss = builder.apply("sum", [weighed], { over: output.axes });
  const inputs = stepOf(builder, { loss }).inputs.filter(({ node }) => node.element === "real");
  const gradients = differentiate(
    builder,
    loss,
    inputs.map(({ node }) => node),
    { recompute },
  );
  const step = stepOf(builder, {
    loss,
    ...Object.fromEntries(inputs.map(({ name }, place) => [name, gradients[place] ?? loss])),
  });
  return { inputs, plain: step, step: optimise(builder, step) };
}

function drawValues(step: ReturnType<typeof build>["step"], seed: number) {
  const random = generator(seed);
  return Object.fromEntries(
    step.inputs.map(({ name, node }) => {
      const length = entries(axesAttribute(node.attributes, "axes"));
      const draw =
        node.element === "real" ? () => 2 * random() - 1 : () => Math.floor(2 * random());
      return [name, Float64Array.from({ length }, draw)];
    }),
  );
}

describe("derivatives of random models", () => {
  it("equal differences, kept and computed again alike, and passes change no bit", () => {
    fc.assert(
      fc.property(modelPlan, fc.nat(1000), (plan, seed) => {
        // Where the greatest entry changes there is a kink, which differences cannot follow.
        const kinds = [...plan.layers, ...plan.repeated];
        fc.pre(!kinds.includes("greatest") && !kinds.includes("two reads of one copy"));
        const { inputs, plain, step } = build(plan, false);
        expect(verify(step)).toEqual([]);
        const values = drawValues(step, seed);
        const outputs = interpret(step, values).outputs;
        expect(interpret(plain, values).outputs).toEqual(outputs);
        expect(interpret(build(plan, true).step, values).outputs).toEqual(outputs);
        const random = generator(seed);
        const loss = () => interpret(step, values).outputs["loss"]?.values[0] ?? Number.NaN;
        for (const { name, node } of inputs) {
          const gradient = outputs[name];
          const x = values[name];
          if (gradient === undefined || x === undefined) throw new Error("a gradient is missing");
          const names = axesAttribute(node.attributes, "axes").map((axis) => axis.name);
          const ordered = inOrder(gradient, names);
          const largest = ordered.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
          for (let probe = 0; probe < 3; probe += 1) {
            const entry = Math.floor(random() * x.length);
            const before = x[entry] ?? 0;
            const at = (offset: number) => {
              x[entry] = before + offset;
              return loss();
            };
            const h = 1e-4;
            const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
            x[entry] = before;
            expect(Math.abs(slope - (ordered[entry] ?? Number.NaN)) / largest).toBeLessThan(1e-6);
          }
        }
      }),
      { numRuns: 40, seed: 20261125 },
    );
  });
});
