import { describe, expect, it } from "vitest";
import {
  createBuilder,
  differentiate,
  interpret,
  optimise,
  separateHostScalars,
  verify,
} from "../../compiler/graph/index.ts";
import { rootsOf } from "../../compiler/graph/optimise.ts";
import { reachable } from "../../compiler/graph/walk.ts";
import { regionAttribute } from "../../compiler/operations/attributes.ts";
import { evaluateScalar } from "../../program/scalar-expression.ts";
import { drawn, stepOf } from "./harness.ts";
import { buildLoss, buildModel, small } from "./model.ts";

function trainingStep(recompute: boolean) {
  const build = createBuilder();
  const model = buildModel(build, small);
  const loss = buildLoss(build, model);
  const gradients = differentiate(build, loss, model.parameters, { recompute });
  const outputs = Object.fromEntries(gradients.map((node, place) => [`gradient ${place}`, node]));
  return { build, step: stepOf(build, { loss, ...outputs }) };
}

describe("passes over a whole training step", () => {
  for (const recompute of [false, true]) {
    it(`keep every bit (recompute: ${recompute})`, () => {
      const { build, step } = trainingStep(recompute);
      expect(verify(step)).toEqual([]);
      const better = optimise(build, step);
      expect(verify(better)).toEqual([]);
      const values = drawn(step);
      expect(interpret(better, values).outputs).toEqual(interpret(step, values).outputs);
    });
  }

  it("run the blocks once forwards and once backwards", () => {
    const { build, step } = trainingStep(false);
    const repeats = reachable(rootsOf(optimise(build, step))).filter(
      (node) => node.operation === "repeat",
    );
    expect(repeats.map((node) => regionAttribute(node.attributes).reverse)).toEqual([false, true]);
  });

  it("give the same gradients with kept and with recomputed values", () => {
    const kept = trainingStep(false).step;
    const again = trainingStep(true).step;
    const values = drawn(kept);
    expect(interpret(again, values).outputs).toEqual(interpret(kept, values).outputs);
  });

  it("compute rotary tables in f64 once", () => {
    const { build, step } = trainingStep(false);
    const operations = new Set(reachable(rootsOf(optimise(build, step))).map((n) => n.operation));
    expect(operations.has("table")).toBe(true);
    expect(operations.has("cos")).toBe(false);
  });
});

describe("host scalars", () => {
  it("leave the step as expressions, and keep its meaning", () => {
    const build = createBuilder();
    const width = build.axis("width", 3);
    const value = build.input("w", "state", [width], "real");
    const now = build.input("step", "host", [], "int");
    const rate = build.apply("divide", [
      build.constant(0.1),
      build.apply("subtract", [
        build.constant(1),
        build.apply("power", [
          build.constant(0.9),
          build.apply("add", [now, build.constant(1, "int")]),
        ]),
      ]),
    ]);
    const warm = build.apply("less", [now, build.constant(5, "int")]);
    const next = build.apply("select", [warm, build.apply("multiply", [value, rate]), value]);
    const step = stepOf(build, { rate }, { w: next });
    const separated = separateHostScalars(build, step);
    expect(separated.step.inputs.map((input) => [input.name, input.role])).toEqual([
      ["w", "state"],
      ["scalar.0", "host"],
      ["scalar.1", "host"],
    ]);
    expect(verify(separated.step)).toEqual([]);
    const values = { w: [1, -2, 3] };
    for (const at of [0, 7]) {
      const scalars = Object.fromEntries(
        separated.scalars.map(({ name, value: expression }) => [
          name,
          evaluateScalar(expression, { step: at }),
        ]),
      );
      const expected = interpret(step, values, { scalars: { step: at } });
      const made = interpret(separated.step, values, { scalars });
      expect(made.next).toEqual(expected.next);
      expect(made.outputs).toEqual(expected.outputs);
    }
  });
});

describe("narrow", () => {
  const build = createBuilder();
  const [batch, time, width, vocabulary] = [
    build.axis("batch", 2),
    build.axis("time", 5),
    build.axis("width", 3),
    build.axis("vocabulary", 7),
  ];
  const x = build.input("x", "data", [batch, time, width], "real");
  const scale = build.input("scale", "state", [width], "real");
  const embed = build.input("embed", "state", [vocabulary, width], "real");
  const last = build.input("last", "data", [batch], "int");
  const hidden = build.apply("multiply", [build.apply("softmax", [x], { over: [width] }), scale]);
  const logits = build.apply("dot", [hidden, embed], { over: [width] });
  const chosen = build.apply("gather", [logits, last], { axis: time });

  it("multiplies the one position that is read", () => {
    const step = stepOf(build, { chosen });
    const better = optimise(build, step);
    expect(interpret(better, drawn(step)).outputs).toEqual(interpret(step, drawn(step)).outputs);
    const products = reachable(rootsOf(better)).filter((node) => node.operation === "dot");
    expect(products.map((node) => node.axes)).toEqual([[batch, vocabulary]]);
  });

  it("leaves what something else reads as it is", () => {
    const step = stepOf(build, { chosen, logits });
    expect(rootsOf(optimise(build, step))).toEqual([chosen, logits]);
  });
});
