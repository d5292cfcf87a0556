import { describe, expect, test } from "vitest";
import { createBuilder } from "../../compiler/graph/build.ts";
import { makeStep } from "../../compiler/graph/optimise.ts";
import type { OrderedStep } from "../../compiler/graph/step.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { printOrdered } from "../../compiler/layout/print.ts";
import { verifyOrdered } from "../../compiler/layout/verify.ts";
import type { Node } from "../../compiler/operations/tensor.ts";
import { decoderStep } from "./decoder-step.ts";

const sizes = {
  width: 10,
  depth: 3,
  kv: 3,
  group: 2,
  head: 6,
  ffn: 13,
  vocab: 17,
  batch: 3,
  time: 7,
};

function names(ordered: OrderedStep, node: Node): string {
  return (ordered.order.get(node) ?? []).map((axis) => axis.name).join(" ");
}

describe("orders of axes", () => {
  test("a decoder's step has one for every node, its stored values keep theirs", () => {
    const ordered = layout(decoderStep(sizes).step);
    expect(verifyOrdered(ordered)).toEqual([]);
    expect(ordered.order.size).toBeGreaterThan(200);
  });

  test("a product for a state takes the state's order", () => {
    const build = createBuilder();
    const [time, into, out] = [build.axis("time", 9), build.axis("into", 3), build.axis("out", 5)];
    const weight = build.input("weight", "state", [out, into], "real");
    const x = build.input("x", "data", [time, into], "real");
    const gradient = build.input("g", "data", [time, out], "real");
    const moved = build.apply("dot", [x, gradient], { over: [time] });
    const next = build.apply("add", [weight, moved]);
    const ordered = layout(makeStep(build, "step", [], [{ state: weight, next }]));
    expect(names(ordered, moved)).toBe("out into");
    expect(names(ordered, next)).toBe("out into");
  });

  test("small values broadcast together follow the large one that reads them", () => {
    const build = createBuilder();
    const [time, source, batch] = [
      build.axis("time", 9),
      build.axis("source", 9),
      build.axis("batch", 2),
    ];
    const scores = build.input("scores", "data", [batch, time, source], "real");
    const mask = build.apply("less_equal", [build.index(source), build.index(time)]);
    const result = build.apply("select", [mask, scores, build.constant(0)]);
    const ordered = layout(makeStep(build, "step", [{ name: "y", node: result }], []));
    expect(names(ordered, mask)).toBe("time source");
    expect(names(ordered, result)).toBe("batch time source");
  });

  test("the verifier finds a missing order, other axes and a moved input", () => {
    const build = createBuilder();
    const [a, b] = [build.axis("a", 2), build.axis("b", 3)];
    const x = build.input("x", "data", [b, a], "real");
    const y = build.apply("exp", [x]);
    const z = build.apply("sin", [y]);
    const ordered = layout(makeStep(build, "step", [{ name: "z", node: z }], []));
    const order = new Map(ordered.order);
    order.set(x, [a, b]);
    order.set(y, [a]);
    order.delete(z);
    expect(verifyOrdered({ ...ordered, order })).toEqual([
      expect.stringContaining("is not ordered as it is stored"),
      expect.stringContaining("orders other axes than its own"),
      expect.stringContaining("has no order"),
    ]);
  });

  test("the text of a step names axes in the order of memory", () => {
    const build = createBuilder();
    const [a, b] = [build.axis("a", 2), build.axis("b", 3)];
    const x = build.input("x", "state", [b, a], "real");
    const next = build.apply("exp", [x]);
    const outputs = [{ name: "total", node: build.apply("sum", [next], { over: [a, b] }) }];
    const text = printOrdered(layout(makeStep(build, "step", outputs, [{ state: x, next }])));
    expect(text).toContain("%0: real[b:3, a:2] = input() name=x role=state axes=[b:3, a:2]");
    expect(text).toContain("%1: real[b:3, a:2] = exp(%0)");
    expect(text).toContain("next x = %1");
    expect(text).toContain("output total = %2");
  });
});
