import { describe, expect, it } from "vitest";
import { createBuilder, differentiate, type GraphBuilder } from "../../compiler/graph/index.ts";
import type { Axis, Node } from "../../compiler/operations/tensor.ts";
import { run } from "./harness.ts";

interface Made {
  readonly loss: Node;
  readonly wrt: readonly Node[];
}

/** Bodies: what an iteration makes of what is carried, of its own entry and of what stays. */
type Body = (
  builder: GraphBuilder,
  carried: Node,
  each: Node,
  shared: Node,
) => { readonly next: Node; readonly stacked: Node };

const bodies: Readonly<Record<string, Body>> = {
  "a residual product": (build, x, w, s) => {
    const width = x.axes.at(-1);
    const other = build.axis("other", width?.size ?? 1);
    const renamed = build.apply("rename", [x], { from: width ?? other, to: other });
    const mixed = build.apply("multiply", [renamed, build.apply("tanh", [renamed])]);
    const product = build.apply(
      "dot",
      [mixed, build.apply("rename", [w], { from: width ?? other, to: other })],
      { over: [other] },
    );
    const next = build.apply("add", [x, build.apply("multiply", [product, s])]);
    return { next, stacked: build.apply("softmax", [next], { over: next.axes.slice(-1) }) };
  },
  "element-wise": (build, x, w, s) => {
    const next = build.apply("multiply", [build.apply("sin", [x]), build.apply("exp", [w])]);
    return { next: build.apply("add", [next, s]), stacked: build.apply("multiply", [x, w]) };
  },
  "nothing carried changes": (build, x, w) => ({ next: x, stacked: build.apply("exp", [w]) }),
};

/** The same computation as a region and unrolled. */
function make(build: GraphBuilder, body: Body, reverse: boolean, unrolled: boolean): Made {
  const [layer, batch, width] = [
    build.axis("layer", 4),
    build.axis("batch", 2),
    build.axis("w", 3),
  ];
  const x = build.input("x", "data", [batch, width], "real");
  const w = build.input("w", "state", [layer, width], "real");
  const s = build.input("s", "state", [width], "real");
  const stackWeights = build.input("g", "data", [layer, batch, width], "real");
  const { last, stacked } = unrolled
    ? unroll(build, layer, reverse, body, x, w, s)
    : region(build, layer, reverse, body, x, w, s);
  const total = (node: Node) => build.apply("sum", [node], { over: node.axes });
  const loss = build.apply("add", [
    total(build.apply("multiply", [last, last])),
    total(build.apply("multiply", [stacked, stackWeights])),
  ]);
  return { loss, wrt: [x, w, s] };
}

function region(
  build: GraphBuilder,
  layer: Axis,
  reverse: boolean,
  body: Body,
  x: Node,
  w: Node,
  s: Node,
): { last: Node; stacked: Node } {
  const result = build.repeat(layer, reverse, [x], [w], [s], ([c = x], [e = w], [i = s]) => {
    const made = body(build, c, e, i);
    return { carried: [made.next], stacked: [made.stacked] };
  });
  const [last = x] = result.carried;
  const [stacked = x] = result.stacked;
  return { last, stacked };
}

function unroll(
  build: GraphBuilder,
  layer: Axis,
  reverse: boolean,
  body: Body,
  x: Node,
  w: Node,
  s: Node,
): { last: Node; stacked: Node } {
  const order = Array.from({ length: layer.size }, (_, at) => (reverse ? layer.size - 1 - at : at));
  const pieces: Node[] = [];
  let last = x;
  for (const at of order) {
    const made = body(build, last, build.apply("take", [w], { axis: layer, at }), s);
    const one = build.axis("one", 1);
    pieces[at] = build.expanded(build.apply("expand", [made.stacked], { axes: [one] }), [one]);
    last = made.next;
  }
  const axes = pieces.map((piece) => piece.axes.at(-1)).filter((axis) => axis !== undefined);
  return { last, stacked: build.apply("join", pieces, { axes, into: layer }) };
}

function outputs(build: GraphBuilder, { loss, wrt }: Made, recompute: boolean) {
  const gradients = differentiate(build, loss, wrt, { recompute });
  return run(build, {
    loss,
    ...Object.fromEntries(gradients.map((gradient, place) => [`gradient ${place}`, gradient])),
  });
}

describe("a repeated body", () => {
  for (const [name, body] of Object.entries(bodies)) {
    for (const reverse of [false, true]) {
      it(`${name}, reverse ${reverse}: equals the unrolled body, kept or computed again`, () => {
        const build = createBuilder();
        const expected = outputs(build, make(build, body, reverse, true), false);
        const kept = outputs(build, make(build, body, reverse, false), false);
        const again = outputs(build, make(build, body, reverse, false), true);
        expect(Object.keys(kept)).toEqual(Object.keys(expected));
        for (const [key, values] of Object.entries(expected)) {
          for (const [place, value] of values.entries()) {
            expect(kept[key]?.[place], key).toBeCloseTo(value, 11);
          }
        }
        expect(again).toEqual(kept);
      });
    }
  }

  it("takes what it reads from outside as invariants, and computes it once", () => {
    const build = createBuilder();
    const [layer, width] = [build.axis("layer", 3), build.axis("width", 2)];
    const x = build.input("x", "data", [width], "real");
    const w = build.input("w", "data", [width], "real");
    const result = build.repeat(layer, false, [x], [], [], ([c = x]) => {
      const outside = build.apply("exp", [build.apply("negate", [w])]);
      return { carried: [build.apply("multiply", [c, outside])], stacked: [] };
    });
    const [last = x] = result.carried;
    const [repeat] = last.inputs;
    expect(repeat?.inputs.map((input) => input.operation)).toEqual(["input", "exp"]);
    const values = run(build, { last, x, w });
    const expected = (values["x"] ?? []).map((v, i) => v * Math.exp(-(values["w"]?.[i] ?? 0)) ** 3);
    for (const [place, value] of expected.entries()) {
      expect(values["last"]?.[place]).toBeCloseTo(value, 12);
    }
  });

  it("differentiates within a body, as accumulation over micro-batches does", () => {
    const build = createBuilder();
    const [part, width] = [build.axis("part", 3), build.axis("width", 4)];
    const x = build.input("x", "data", [part, width], "real");
    const w = build.input("w", "state", [width], "real");
    const lossOf = (entry: Node) => {
      const product = build.apply("dot", [entry, w], { over: [width] });
      return build.apply("multiply", [product, product]);
    };
    const zero = build.constant(0);
    const result = build.repeat(part, false, [zero], [x], [], ([sum = zero], [entry = x]) => {
      const [gradient = zero] = differentiate(build, lossOf(entry), [w]);
      return { carried: [build.apply("add", [sum, gradient])], stacked: [] };
    });
    const whole = build.apply("sum", [lossOf(x)], { over: [part] });
    const [expected = zero] = differentiate(build, whole, [w]);
    const values = run(build, { made: result.carried[0] ?? zero, expected });
    for (const [place, value] of (values["expected"] ?? []).entries()) {
      expect(values["made"]?.[place]).toBeCloseTo(value, 12);
    }
  });

  it("may contain another", () => {
    const build = createBuilder();
    const [outer, inner, width] = [build.axis("o", 2), build.axis("i", 3), build.axis("w", 2)];
    const x = build.input("x", "data", [width], "real");
    const w = build.input("w", "data", [outer, inner, width], "real");
    const nested = build.repeat(outer, false, [x], [w], [], ([c = x], [e = w]) => {
      const within = build.repeat(inner, false, [c], [e], [], ([d = c], [f = e]) => {
        const next = build.apply("tanh", [build.apply("multiply", [d, f])]);
        return { carried: [build.apply("add", [next, c])], stacked: [] };
      });
      return { carried: within.carried, stacked: [] };
    });
    let flat = x;
    for (let o = 0; o < 2; o += 1) {
      const start = flat;
      for (let i = 0; i < 3; i += 1) {
        const row = build.apply("take", [w], { axis: outer, at: o });
        const entry = build.apply("take", [row], { axis: inner, at: i });
        const next = build.apply("tanh", [build.apply("multiply", [flat, entry])]);
        flat = build.apply("add", [next, start]);
      }
    }
    const total = (node: Node) => build.apply("sum", [node], { over: node.axes });
    for (const recompute of [false, true]) {
      const [a = x, b = x] = differentiate(build, total(nested.carried[0] ?? x), [x, w], {
        recompute,
      });
      const [c = x, d = x] = differentiate(build, total(flat), [x, w]);
      const values = run(build, { a, b, c, d });
      for (const [left, right] of [
        ["a", "c"],
        ["b", "d"],
      ] as const) {
        for (const [place, value] of (values[right] ?? []).entries()) {
          expect(values[left]?.[place]).toBeCloseTo(value, 12);
        }
      }
    }
  });
});
