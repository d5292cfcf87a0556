import { describe, expect, it } from "vitest";
import {
  constantParts,
  createBuilder,
  dependences,
  interpret,
  makeStep,
} from "../../compiler/graph/index.ts";

describe("dependences", () => {
  it("tell the results of a repeat apart, over several iterations", () => {
    const build = createBuilder();
    const [depth, width] = [build.axis("depth", 3), build.axis("width", 2)];
    const x = build.input("x", "data", [width], "real");
    const original = build.input("original", "state", [depth, width], "real");
    const inserted = build.input("inserted", "state", [depth, width], "real");
    // The inserted stream reads the original one, never the other way round.
    const result = build.repeat(
      depth,
      false,
      [x, x],
      [original, inserted],
      [],
      ([a = x, b = x], [u = x, v = x]) => ({
        carried: [
          build.apply("multiply", [a, u]),
          build.apply("multiply", [build.apply("add", [a, b]), v]),
        ],
        stacked: [],
      }),
    );
    const [first = x, second = x] = result.carried;
    expect(dependences([first], [inserted])).toEqual([]);
    expect(dependences([first, second], [inserted, original])).toEqual([
      { output: first, on: [original] },
      { output: second, on: [original, inserted] },
    ]);
  });

  it("do not see what another part of a join holds", () => {
    const build = createBuilder();
    const [a, b] = [build.axis("a", 2), build.axis("b", 3)];
    const all = build.axis("all", 5);
    const x = build.input("x", "data", [a], "real");
    const y = build.input("y", "data", [b], "real");
    const both = build.apply("join", [x, y], { axes: [a, b], into: all });
    const part = build.apply("part", [both], { axis: all, into: build.axis("p", 2), start: 0 });
    expect(dependences([part], [y])).toEqual([]);
  });
});

describe("constant parts", () => {
  it("are a frozen reference's values for a row, and products of frozen weights", () => {
    const build = createBuilder();
    const [batch, width, out] = [
      build.axis("batch", 2),
      build.axis("width", 3),
      build.axis("out", 4),
    ];
    const x = build.input("x", "data", [batch, width], "real");
    const policy = build.input("policy", "state", [width], "real");
    const reference = build.input("reference", "state", [width], "real");
    const table = build.input("table", "state", [width, out], "real");
    const dot = (a: typeof x, b: typeof x) => build.apply("dot", [a, b], { over: [width] });
    const frozen = dot(x, reference);
    const product = dot(reference, table);
    const gain = build.apply("subtract", [dot(x, policy), frozen]);
    const scaled = build.apply("multiply", [
      build.apply("sum", [product], { over: [out] }),
      build.apply("sum", [gain], { over: [batch] }),
    ]);
    const parts = constantParts({ roots: [scaled], varying: [policy], rows: [x], batch });
    expect(parts.perRow).toEqual([frozen]);
    expect(parts.perRun).toEqual([build.apply("sum", [product], { over: [out] })]);
  });

  it("are not what takes several rows together", () => {
    const build = createBuilder();
    const batch = build.axis("batch", 2);
    const x = build.input("x", "data", [batch], "real");
    const mean = build.apply("sum", [x], { over: [batch] });
    const parts = constantParts({ roots: [mean], varying: [], rows: [x], batch });
    expect(parts).toEqual({ perRun: [], perRow: [] });
  });
});

describe("the first number that is none", () => {
  const find = (values: readonly number[]) => {
    const build = createBuilder();
    const axis = build.axis("n", 3);
    const x = build.input("x", "data", [axis], "real");
    const origin = { file: "loss.recipe", start: 4, end: 9, path: "loss" };
    const log = build.withOrigin(origin, () => build.apply("log", [x]));
    const masked = build.apply("select", [
      build.apply("less", [x, build.constant(100)]),
      log,
      build.constant(Number.NEGATIVE_INFINITY),
    ]);
    const y = build.apply("softmax", [masked], { over: [axis] });
    const step = makeStep(build, "s", [{ name: "y", node: y }], []);
    return interpret(step, { x: values }, { findNonFinite: true }).nonFinite;
  };

  it("is found with its origin", () => {
    const found = find([1, -1, 2]);
    expect(found?.node.operation).toBe("log");
    expect(found?.value).toBeNaN();
    expect(found?.origins.map((origin) => origin.path)).toEqual(["loss"]);
  });

  it("is not a mask's minus infinity", () => {
    expect(find([1, 200, 2])).toBeUndefined();
  });
});
